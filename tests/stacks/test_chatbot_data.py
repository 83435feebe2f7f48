"""Rows D1, D4 and D5: what of the chatbot platform holds data."""

from support.assembly import Assembly

INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
QUEUES = ("jobs-high", "jobs-normal", "jobs-low")


def test_d1_weaviates_files_are_encrypted_kept_and_reachable_over_tls_alone(
    chatbot: dict[str, Assembly],
) -> None:
    for assembly in chatbot.values():
        files = assembly.the("AWS::EFS::FileSystem", "data")
        (statement,) = files["FileSystemPolicy"]["Statement"]
        assert files["Encrypted"] is True
        assert files.body["DeletionPolicy"] == "RetainExceptOnCreate"
        assert files.body["UpdateReplacePolicy"] == "Retain"
        # A policy that allows nobody leaves only roles that are allowed by their own.
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == INSECURE
        assert "elasticfilesystem:ClientMount" in statement["Action"]
        point = assembly.the("AWS::EFS::AccessPoint", "data")
        assert point["PosixUser"] == {"Uid": "1000", "Gid": "1000"}


def test_d1_only_weaviate_may_mount_its_files_and_by_the_access_point(chatbot_production: Assembly) -> None:
    may = []
    for task in chatbot_production.of_type("AWS::ECS::TaskDefinition", "compute"):
        role = chatbot_production.target("compute", task["TaskRoleArn"])
        assert role
        may += [
            (task["Family"], statement)
            for statement in chatbot_production.statements(role)
            if "elasticfilesystem:ClientMount" in statement["Action"]
        ]

    ((family, statement),) = may
    assert family == "chatbot-weaviate"
    assert list(statement["Condition"]["StringEquals"]) == ["elasticfilesystem:AccessPointArn"]


def test_d1_weaviates_files_have_a_backup_plan_of_their_own(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        (rule,) = assembly.the("AWS::Backup::BackupPlan", "data")["BackupPlan"]["BackupPlanRule"]
        selection = assembly.the("AWS::Backup::BackupSelection", "data")["BackupSelection"]
        vault = assembly.the("AWS::Backup::BackupVault", "data")
        (chosen,) = selection["Resources"]

        assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
        assert rule["Lifecycle"] == {"DeleteAfterDays": 35}
        assert assembly.the("AWS::EFS::FileSystem").logical_id in str(chosen)
        assert vault.outlives_its_stack


def test_d4_postgres_15_with_a_standby_in_production_and_storage_that_grows(
    chatbot: dict[str, Assembly],
) -> None:
    databases = {
        name: assembly.at("data", "Database/Instance/Resource") for name, assembly in chatbot.items()
    }

    assert {one["EngineVersion"] for one in databases.values()} == {"15.19"}
    assert {name: one["MultiAZ"] for name, one in databases.items()} == {
        "chatbot_dev": False,
        "chatbot_production": True,
        "chatbot_grown": True,
    }
    for one in databases.values():
        assert (one["AllocatedStorage"], one["MaxAllocatedStorage"]) == ("50", 200)
        assert one["StorageEncrypted"] is True


def test_d4_somebody_is_told_when_70_percent_of_the_storage_is_used(chatbot_production: Assembly) -> None:
    alarm = chatbot_production.the(
        "AWS::CloudWatch::Alarm", "observability", AlarmName="chatbot-production-ie-1-database-storage"
    )

    assert (alarm["MetricName"], alarm["ComparisonOperator"]) == ("FreeStorageSpace", "LessThanThreshold")
    assert alarm["Threshold"] == 15 * 1024**3


def test_d5_valkey_with_a_replica_in_production_encrypted_both_ways(chatbot: dict[str, Assembly]) -> None:
    nodes = {}
    for name, assembly in chatbot.items():
        cache = assembly.the("AWS::ElastiCache::ReplicationGroup")
        nodes[name] = cache["NumCacheClusters"]
        assert (cache["Engine"], cache["EngineVersion"]) == ("valkey", "8.1")
        assert cache["TransitEncryptionEnabled"] is True
        assert cache["AtRestEncryptionEnabled"] is True

    assert nodes == {"chatbot_dev": 1, "chatbot_production": 2, "chatbot_grown": 3}


def test_d5_each_queue_is_encrypted_and_puts_what_fails_aside(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        for name in QUEUES:
            queue = assembly.the("AWS::SQS::Queue", "data", QueueName=f"chatbot-{name}")
            failed = assembly.target("data", queue["RedrivePolicy"]["deadLetterTargetArn"])
            assert failed
            assert failed["QueueName"] == f"chatbot-{name}-failed"
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
            assert queue["SqsManagedSseEnabled"] is failed["SqsManagedSseEnabled"] is True
            # Counted from when a message was sent, not from when it was put aside.
            assert failed["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]
            assert failed["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"
            assert queue.outlives_its_stack


def test_d5_no_queue_answers_without_tls(chatbot_production: Assembly) -> None:
    policies = chatbot_production.of_type("AWS::SQS::QueuePolicy", "data")
    closed = [
        chatbot_production.target("data", queue)
        for policy in policies
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if (statement["Effect"], statement["Condition"]) == ("Deny", INSECURE)
    ]

    assert {one["QueueName"] for one in closed if one} == {
        f"chatbot-{name}{end}" for name in QUEUES for end in ("", "-failed")
    }


def test_d5_services_are_told_where_the_queues_are(chatbot_production: Assembly) -> None:
    for name in ("backend", "ai-worker"):
        task = chatbot_production.the("AWS::ECS::TaskDefinition", "compute", Family=f"chatbot-{name}")
        told = {
            pair["Name"]: chatbot_production.target("compute", pair["Value"])
            for pair in task["ContainerDefinitions"][0]["Environment"]
            if pair["Name"].endswith("_QUEUE_URL")
        }
        assert {key: one["QueueName"] for key, one in told.items() if one} == {
            "JOBS_HIGH_QUEUE_URL": "chatbot-jobs-high",
            "JOBS_NORMAL_QUEUE_URL": "chatbot-jobs-normal",
            "JOBS_LOW_QUEUE_URL": "chatbot-jobs-low",
        }
