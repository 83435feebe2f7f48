"""Row A22: what a HIPAA reviewer asks first. The rule packs themselves are in test_templates_are_clean."""

from support.assembly import Assembly, text, walk


def test_a22_every_api_call_of_the_account_is_recorded(phase_one: Assembly) -> None:
    trail = phase_one.the("AWS::CloudTrail::Trail")

    assert trail["IsLogging"] is True
    assert trail["IsMultiRegionTrail"] is True
    assert trail["EnableLogFileValidation"] is True


def test_a22_reads_and_writes_of_patients_files_and_of_their_copies_are_recorded(phase_one: Assembly) -> None:
    (selector,) = phase_one.the("AWS::CloudTrail::Trail")["EventSelectors"]
    (objects,) = selector["DataResources"]
    stored = [
        bucket["BucketName"]
        for role in ("storage", "recovery", "backup")
        for bucket in phase_one.of_type("AWS::S3::Bucket", role)
    ]

    assert objects["Type"] == "AWS::S3::Object"
    assert len(stored) == 4
    assert sorted(text(arn) for arn in objects["Values"]) == sorted(
        f"arn:aws:s3:::{name}/" for name in stored
    )
    assert phase_one.stacks["storage"].name in phase_one.stacks["audit"].after


def test_a22_records_are_kept_six_years(phase_one: Assembly) -> None:
    (rule,) = phase_one.the("AWS::S3::Bucket", "audit")["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] >= 6 * 365


def test_a22_everything_is_encrypted_where_it_is_kept(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        for bucket in assembly.of_type("AWS::S3::Bucket"):
            assert "BucketEncryption" in bucket.properties
        for cache in assembly.of_type("AWS::ElastiCache::ReplicationGroup"):
            assert cache["AtRestEncryptionEnabled"] is True
        for topic in assembly.of_type("AWS::SNS::Topic"):
            assert "KmsMasterKeyId" in topic.properties
        for database in assembly.of_type("AWS::RDS::DBInstance"):
            # A replica takes it from its source, and RDS refuses to be told.
            told = database.properties.get(
                "StorageEncrypted", "SourceDBInstanceIdentifier" in database.properties
            )
            assert told is True


def test_a22_everything_is_encrypted_on_its_way(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        groups = assembly.of_type("AWS::RDS::DBParameterGroup")
        assert {one.properties["Parameters"]["rds.force_ssl"] for one in groups} == {"1"}
        assert assembly.the("AWS::ElastiCache::ReplicationGroup")["TransitEncryptionEnabled"] is True
        for listener in assembly.of_type("AWS::ElasticLoadBalancingV2::Listener"):
            encrypted = listener["Protocol"] == "HTTPS" and "TLS13-1-2" in listener["SslPolicy"]
            assert encrypted or listener["DefaultActions"][0]["Type"] == "redirect"


def test_a22_the_databases_log_says_who_connected_and_never_what_users_wrote(phase_one: Assembly) -> None:
    parameters = phase_one.the("AWS::RDS::DBParameterGroup")["Parameters"]

    assert (parameters["log_connections"], parameters["log_disconnections"]) == ("1", "1")
    assert parameters["log_statement"] == "ddl"


def test_a22_no_policy_allows_everything(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        for one in assembly.resources:
            statements = [value for key, value in walk(one.properties) if key == "Statement"]
            for statement in [item for item in statements if isinstance(item, dict)]:
                if statement["Effect"] == "Allow" and one.type != "AWS::KMS::Key":
                    assert "*" not in [text(action) for action in listed(statement["Action"])]


def listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def test_a22_stacks_of_production_are_not_deleted_by_accident(phase_one: Assembly) -> None:
    manifest = (phase_one.folder / "manifest.json").read_text()

    assert manifest.count('"terminationProtection": true') == len(phase_one.stacks)
