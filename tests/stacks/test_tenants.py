"""A17: the template of tenants, and what makes them from it."""

import json
from collections import Counter
from typing import Any

import pytest

from support.assembly import Assembly

Template = dict[str, Any]
TENANTS = "clinic-production-eu-tenants"


def stamp(assembly: Assembly) -> Template:
    """The template of a tenant."""
    folder = assembly.folder / "tenant-eu"
    template: Template = json.loads((folder / "Tenant.template.json").read_text())
    return template


@pytest.fixture(params=["fargate", "app-runner"])
def either(request: pytest.FixtureRequest, tenanted: Assembly, tenanted_on_app_runner: Assembly) -> Assembly:
    """Clinic on either platform."""
    return tenanted if request.param == "fargate" else tenanted_on_app_runner


def definition(assembly: Assembly, verb: str) -> Any:
    """What a state machine is made of."""
    (found,) = [
        one["Properties"]["DefinitionString"]["Fn::Join"][1]
        for one in of_type(assembly.templates[TENANTS], "AWS::StepFunctions::StateMachine").values()
        if one["Properties"]["StateMachineName"] == f"{TENANTS}-{verb}"
    ]
    return json.loads("".join(part if isinstance(part, str) else "x" for part in found))


def of_type(template: Template, kind: str) -> dict[str, Any]:
    return {key: one for key, one in template["Resources"].items() if one["Type"] == kind}


def may(template: Template) -> list[dict[str, Any]]:
    """What roles of the template are allowed."""
    policies = of_type(template, "AWS::IAM::Policy").values()
    return [one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]]


def test_a17_a_tenants_database_is_like_everybodys_and_leaves_a_snapshot(either: Assembly) -> None:
    (database,) = of_type(stamp(either), "AWS::RDS::DBInstance").values()
    told = database["Properties"]
    assert database["DeletionPolicy"] == "Snapshot"
    assert (told["MultiAZ"], told["StorageEncrypted"], told["PubliclyAccessible"]) == (True, True, False)
    assert told["DBInstanceClass"]["Fn::FindInMap"][1:] == [{"Ref": "Size"}, "InstanceClass"]
    assert told["DeletionProtection"] == {"Ref": "Protected"}
    assert (told["EngineVersion"], told["AllocatedStorage"]) == ("17.11", "100")


def test_a17_size_changes_memory_and_never_storage(either: Assembly) -> None:
    (sizes,) = stamp(either)["Mappings"].values()
    assert sizes["large"] == {"InstanceClass": "db.r6g.large", "FreeMemoryBytes": 16384 * 5 // 100 * 1024**2}
    assert set(sizes["xlarge"]) == set(sizes["large"])


def test_a17_everything_that_serves_waits_for_the_schema(either: Assembly) -> None:
    template = stamp(either)
    assert template["Conditions"] == {"Serving": {"Fn::Equals": [{"Ref": "Serve"}, "yes"]}}
    serving = {one["Type"] for one in template["Resources"].values() if one.get("Condition") == "Serving"}
    assert serving >= {"AWS::CloudWatch::Alarm"}
    assert serving & {"AWS::ECS::Service", "AWS::AppRunner::Service"}
    for kind in ("AWS::RDS::DBInstance", "AWS::SecretsManager::Secret", "AWS::ECS::TaskDefinition"):
        assert not any(one.get("Condition") for one in of_type(template, kind).values())


def test_a17_no_password_and_no_account_is_in_the_template(either: Assembly) -> None:
    template = stamp(either)
    for secret in of_type(template, "AWS::SecretsManager::Secret").values():
        assert "SecretString" not in secret["Properties"]
    (database,) = of_type(template, "AWS::RDS::DBInstance").values()
    assert "resolve:secretsmanager" in json.dumps(database["Properties"]["MasterUserPassword"])


def test_a17_a_tenant_writes_only_its_own_objects_of_a_shared_bucket(either: Assembly) -> None:
    statements = [one for one in may(stamp(either)) if "s3:PutObject" in one["Action"]]
    for one, purpose in zip(statements, ("departed", "scans"), strict=True):
        bucket = f"clinic-production-{purpose}-111122223333-eu-central-1"
        assert one["Resource"]["Fn::Join"][1][-3:] == [f":s3:::{bucket}/tenants/", {"Ref": "TenantId"}, "/*"]


def test_a17_the_export_of_a_tenant_logs_in_where_the_tenant_is_and_reads_no_export(either: Assembly) -> None:
    template = stamp(either)
    (task,) = [
        one["Properties"]["ContainerDefinitions"][0]
        for one in of_type(template, "AWS::ECS::TaskDefinition").values()
        if one["Properties"]["Family"]["Fn::Join"][1][-1] == "-export"
    ]
    told = {one["Name"]: one["Value"] for one in task["Environment"]}
    assert task["Command"] == ["dump"]
    assert told["PGHOST"]["Fn::GetAtt"][1] == "Endpoint.Address"
    secrets = {one["Name"]: json.dumps(one["ValueFrom"]) for one in task["Secrets"]}
    assert "BackupKey" in secrets.pop("BACKUP_ENCRYPTION_KEY")
    assert {name for name, one in secrets.items() if "RoleClinicOwner" in one} == {"PGUSER", "PGPASSWORD"}
    departed = [one for one in may(template) if "departed" in json.dumps(one["Resource"])]
    assert [one["Action"] for one in departed] == [["s3:AbortMultipartUpload", "s3:PutObject"]]


def test_a17_synthesis_does_not_grow_with_tenants(either: Assembly) -> None:
    """No template knows how many there are: one asset is what all of them are made of."""
    stacks = [name for name in either.templates if "tenant" in name]
    assert stacks == [TENANTS]
    assert not of_type(either.templates[stacks[0]], "AWS::RDS::DBInstance")
    published = list(either.folder.glob("asset.*.json"))
    assert [json.loads(path.read_text()) for path in published] == [stamp(either)]


def test_a17_one_parameter_group_fits_every_size(tenanted: Assembly) -> None:
    (group,) = of_type(tenanted.templates[TENANTS], "AWS::RDS::DBParameterGroup").values()
    told = group["Properties"]["Parameters"]
    assert told["shared_buffers"] == "{DBInstanceClassMemory/32768}"
    assert told["rds.force_ssl"] == "1"


def test_a17_each_machine_may_call_its_own_steps_and_no_others(tenanted: Assembly) -> None:
    template = tenanted.templates[TENANTS]
    for machine in of_type(template, "AWS::StepFunctions::StateMachine").values():
        definition = json.dumps(machine["Properties"]["DefinitionString"])
        role = machine["Properties"]["RoleArn"]["Fn::GetAtt"][0]
        (policy,) = [
            one["Properties"]["PolicyDocument"]["Statement"]
            for one in of_type(template, "AWS::IAM::Policy").values()
            if one["Properties"]["Roles"] == [{"Ref": role}]
        ]
        may = {
            resource["Fn::GetAtt"][0]
            for one in policy
            if one["Action"] == "lambda:InvokeFunction"
            for resource in one["Resource"]
        }
        used = {name for name in of_type(template, "AWS::Lambda::Function") if f'"{name}"' in definition}
        assert may == used


def test_a17_the_registry_is_kept_and_can_go_back_in_time(tenanted: Assembly) -> None:
    (table,) = of_type(tenanted.templates[TENANTS], "AWS::DynamoDB::GlobalTable").values()
    assert table["DeletionPolicy"].startswith("Retain")
    (replica,) = table["Properties"]["Replicas"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert replica["DeletionProtectionEnabled"] is True


def test_a17_a_tenant_has_the_alarms_of_a_service_and_a_database(either: Assembly) -> None:
    count = Counter(one["Type"] for one in stamp(either)["Resources"].values())
    assert count["AWS::CloudWatch::Alarm"] == 6


def test_a17_a_move_has_time_for_every_task_it_may_run(tenanted: Assembly) -> None:
    move = definition(tenanted, "move")
    tasks = {
        name: state["TimeoutSeconds"]
        for name, state in move["States"].items()
        if "Overrides" in json.dumps(state)
    } | {"Migrate": move["States"]["Migrate"]["TimeoutSeconds"]}
    back = [name for name in tasks if "silo" in name or "into the pool" in name or "way back" in name]
    there = sum(seconds for name, seconds in tasks.items() if name not in back)
    assert move["TimeoutSeconds"] >= there + 180 * 60


def test_a17_a_run_without_a_good_end_is_heard_of(either: Assembly) -> None:
    machines = {
        one["Properties"]["StateMachineName"]
        for one in of_type(either.templates[TENANTS], "AWS::StepFunctions::StateMachine").values()
    }
    watched = set[str]()
    for alarm in of_type(
        either.templates["clinic-production-eu-1-observability"], "AWS::CloudWatch::Alarm"
    ).values():
        told = [
            one["MetricStat"]["Metric"]
            for one in alarm["Properties"].get("Metrics", [])
            if "MetricStat" in one
        ]
        if {one["Namespace"] for one in told} != {"AWS/States"}:
            continue
        assert {one["MetricName"] for one in told} == {
            "ExecutionsFailed",
            "ExecutionsTimedOut",
            "ExecutionsAborted",
        }
        (dimension,) = {json.dumps(one["Dimensions"][0]["Value"]) for one in told}
        watched.add(json.loads(dimension)["Fn::Join"][1][-1].rpartition(":")[2])
    assert watched == machines - {f"{TENANTS}-wave"}


def test_a17_roles_of_a_tenant_are_known_by_their_path_however_cloudformation_names_them(
    either: Assembly,
) -> None:
    path = "/clinic/production/tenants/eu/"
    roles = of_type(stamp(either), "AWS::IAM::Role").values()
    assert {one["Properties"]["Path"] for one in roles} == {path}
    assert not any("RoleName" in one["Properties"] for one in roles)
    about = [one for one in may(either.templates[TENANTS]) if "iam:" in json.dumps(one["Action"])]
    named = {json.dumps(one["Resource"]) for one in about if "Fn::GetAtt" not in json.dumps(one["Resource"])}
    (resource,) = named
    assert json.loads(resource)["Fn::Join"][1][-1] == f":role{path}*"
    assert {"iam:CreateRole", "iam:PassRole"} <= {
        verb
        for one in about
        if json.dumps(one["Resource"]) == resource
        for verb in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }


def test_a17_a_wave_has_time_for_a_thousand_tenants_that_each_take_as_long_as_usual(either: Assembly) -> None:
    """Step Functions stops what a wave has begun once its time is over, and nothing takes that back."""
    group = definition(either, "wave")["States"]["Each group"]["ItemProcessor"]
    at_once = group["States"]["Each of the group"]["MaxConcurrency"]
    minutes_of_a_change = 60

    assert definition(either, "wave")["TimeoutSeconds"] >= 1000 / at_once * minutes_of_a_change * 60


def test_a17_no_step_may_delete_a_snapshot_of_the_pool_or_of_another_environment(either: Assembly) -> None:
    deleting = [one for one in may(either.templates[TENANTS]) if "rds:DeleteDBSnapshot" in one["Action"]]
    open_to = {
        name["Fn::Join"][1][-1]: json.dumps(one.get("Condition", {}))
        for one in deleting
        for name in (one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]])
    }

    assert set(open_to) == {
        ":snapshot:clinic-*-production-final-*",
        ":snapshot:clinic-production-eu-tenant-*",
        ":snapshot:*",
    }
    condition = json.loads(open_to[":snapshot:*"])
    assert condition == {
        "StringEquals": {
            "aws:ResourceTag/cambium:system": "clinic",
            "aws:ResourceTag/cambium:environment": "production",
        },
        "Null": {"aws:ResourceTag/cambium:tenant": "false"},
    }


def test_a17_what_only_reads_a_line_cannot_write_one(either: Assembly) -> None:
    template = either.templates[TENANTS]
    writing = {
        policy.partition("ServiceRole")[0]
        for policy, one in of_type(template, "AWS::IAM::Policy").items()
        for allowed in one["Properties"]["PolicyDocument"]["Statement"]
        if "-routing" in json.dumps(allowed["Resource"])
        and {"dynamodb:PutItem", "dynamodb:DeleteItem"} & set(allowed["Action"])
    }

    assert writing == {"FunctionsRoute", "FunctionsLine"}


def test_a17_all_tenants_on_app_runner_share_one_scaling_configuration(
    tenanted_on_app_runner: Assembly,
) -> None:
    """A region has ten names for them, of 32 characters each."""
    kind = "AWS::AppRunner::AutoScalingConfiguration"
    (service,) = of_type(stamp(tenanted_on_app_runner), "AWS::AppRunner::Service").values()
    (shared,) = of_type(tenanted_on_app_runner.templates[TENANTS], kind).values()

    assert of_type(stamp(tenanted_on_app_runner), kind) == {}
    assert service["Properties"]["AutoScalingConfigurationArn"] == {"Ref": "ScalingApi"}
    assert shared["Properties"] == {
        "AutoScalingConfigurationName": "clinic-tenants-api",
        "MinSize": 2,
        "MaxSize": 4,
        "MaxConcurrency": 100,
        "Tags": shared["Properties"].get("Tags"),
    }
    # A revision that services of tenants still have cannot be deleted.
    assert (shared["DeletionPolicy"], shared["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
