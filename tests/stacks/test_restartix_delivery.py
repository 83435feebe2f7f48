"""Rows A4 and A13 to A15: images, who may deploy, and what an operator pastes into DNS."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.assembly import Assembly, Resource, text

ROOT = Path(__file__).parents[2]
PUSH = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
}
READ = {
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
}
UPDATE = {
    "apprunner:DescribeService",
    "apprunner:ListOperations",
    "apprunner:ListServices",
    "apprunner:StartDeployment",
    "apprunner:UpdateService",
    "ecs:DescribeServices",
    "ecs:UpdateService",
}
REPOSITORIES = pytest.mark.parametrize("name", ["restartix-core-api", "restartix-telemetry-api"])


def allowed(assembly: Assembly, role: Resource) -> dict[str, list[str]]:
    """Action to the resources it is allowed on."""
    found: dict[str, list[str]] = {}
    for statement in assembly.statements(role):
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            found[action] = [text(resource) for resource in listed(statement["Resource"])]
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def subjects(role: Resource) -> list[str]:
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    found: list[str] = statement["Condition"]["StringLike"]["token.actions.githubusercontent.com:sub"]
    return found


def lifecycle(assembly: Assembly, name: str) -> list[dict[str, Any]]:
    policy = assembly.the("AWS::ECR::Repository", RepositoryName=name)["LifecyclePolicy"]
    rules: list[dict[str, Any]] = json.loads(policy["LifecyclePolicyText"])["rules"]
    return [{**rule["selection"], **rule["action"]} for rule in rules]


@REPOSITORIES
def test_a4_images_are_scanned_on_push_and_encrypted_with_aes_256(phase_one: Assembly, name: str) -> None:
    repository = phase_one.the("AWS::ECR::Repository", RepositoryName=name)

    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    # Left out, ECR encrypts with AES-256.
    encryption = repository.properties.get("EncryptionConfiguration", {"EncryptionType": "AES256"})
    assert encryption == {"EncryptionType": "AES256"}


@REPOSITORIES
def test_a4_untagged_images_are_gone_after_30_days(phase_one: Assembly, name: str) -> None:
    (rule,) = [rule for rule in lifecycle(phase_one, name) if rule["tagStatus"] == "untagged"]

    assert (rule["countType"], rule["countNumber"], rule["countUnit"]) == ("sinceImagePushed", 30, "days")
    assert rule["type"] == "expire"


@REPOSITORIES
def test_a4_the_last_10_tagged_images_are_kept(phase_one: Assembly, name: str) -> None:
    (rule,) = [rule for rule in lifecycle(phase_one, name) if rule["tagStatus"] == "tagged"]

    assert (rule["countType"], rule["countNumber"]) == ("imageCountMoreThan", 10)
    assert rule["tagPatternList"] == ["*"]


@REPOSITORIES
def test_a4_images_outlive_the_stack(phase_one: Assembly, name: str) -> None:
    assert phase_one.the("AWS::ECR::Repository", RepositoryName=name).outlives_its_stack


def test_a13_a_service_reads_its_own_secret_and_its_own_objects_and_nothing_else(phase_one: Assembly) -> None:
    role = phase_one.at("compute", "CoreApi/InstanceRole/Resource")
    objects = "arn:<AWS::Partition>:s3:::restartix-production-uploads-111122223333-eu-central-1/*"
    (statement,) = [
        one for one in phase_one.statements(role) if one["Action"] == "secretsmanager:GetSecretValue"
    ]
    secret = phase_one.target("compute", statement["Resource"])

    assert set(allowed(phase_one, role)) == {"secretsmanager:GetSecretValue", "s3:GetObject", "s3:PutObject"}
    assert allowed(phase_one, role)["s3:GetObject"] == allowed(phase_one, role)["s3:PutObject"] == [objects]
    assert secret
    assert secret["Name"] == "restartix/production/core-api"


def test_a13_app_runner_itself_pulls_the_one_image(phase_one: Assembly) -> None:
    role = phase_one.at("compute", "CoreApi/AccessRole/Resource")
    may = allowed(phase_one, role)

    assert set(may) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        # Without it App Runner never sees that the latest image is another.
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:GetAuthorizationToken",
    }
    assert [arn.rpartition("/")[2] for arn in may["ecr:BatchGetImage"]] == ["restartix-core-api"]
    assert may["ecr:DescribeImages"] == may["ecr:BatchGetImage"]


def test_a13_on_fargate_the_application_has_its_objects_and_the_platform_its_secret(
    fargate: Assembly,
) -> None:
    application = fargate.at("compute", "CoreApi/Task/TaskRole/Resource")
    platform = fargate.at("compute", "CoreApi/Task/ExecutionRole/Resource")
    (reads,) = [one for one in fargate.statements(platform) if "secretsmanager" in str(one["Action"])]
    secret = fargate.target("compute", reads["Resource"])

    assert set(allowed(fargate, application)) == {"s3:GetObject", "s3:PutObject"}
    assert {action.partition(":")[0] for action in allowed(fargate, platform)} == {
        "ecr",
        "logs",
        "secretsmanager",
    }
    assert secret
    assert secret["Name"] == "restartix/production/core-api"


def test_a13_the_deploy_role_pushes_images_and_updates_services_and_nothing_else(phase_one: Assembly) -> None:
    may = allowed(phase_one, phase_one.at("delivery", "Identity/Release/Resource"))

    assert set(may) == PUSH | UPDATE | {"ecr:GetAuthorizationToken"}
    # By name, since an image goes to the repository of every region.
    assert {tuple(may[action]) for action in PUSH} == {
        ("arn:<AWS::Partition>:ecr:*:111122223333:repository/restartix-*",)
    }
    assert all(
        one["RepositoryName"].startswith("restartix-") for one in phase_one.of_type("AWS::ECR::Repository")
    )
    assert may["apprunner:UpdateService"] == [
        "arn:<AWS::Partition>:apprunner:*:111122223333:service/restartix-*"
    ]
    assert may["ecs:UpdateService"] == ["arn:<AWS::Partition>:ecs:*:111122223333:service/*/restartix-*"]


def test_a13_the_backup_role_writes_backups_reads_one_key_and_takes_snapshots(phase_one: Assembly) -> None:
    role = phase_one.at("backup", "Identity/Role/Resource")
    may = allowed(phase_one, role)
    (reads,) = [one for one in phase_one.statements(role) if "secretsmanager" in one["Action"]]
    secret = phase_one.target("backup", reads["Resource"])

    assert set(may) == {
        *("s3:PutObject", "s3:AbortMultipartUpload"),
        *("secretsmanager:GetSecretValue", "rds:CreateDBSnapshot"),
    }
    assert may["s3:PutObject"] == [
        "arn:<AWS::Partition>:s3:::restartix-production-backups-primary-111122223333-eu-central-1/*"
    ]
    assert secret
    assert secret["Name"] == "restartix/production/backup"


def test_a13_workflows_come_with_short_lived_tokens_and_nobody_has_access_keys(phase_one: Assembly) -> None:
    provider = phase_one.the("AWS::IAM::OIDCProvider")

    assert provider["Url"] == "https://token.actions.githubusercontent.com"
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]
    assert not [one for one in phase_one.resources if one.type in ("AWS::IAM::User", "AWS::IAM::AccessKey")]


@pytest.mark.parametrize(
    ("role", "claims"),
    [
        ("Release", {"environment:production"}),
        ("Infrastructure", {"environment:production"}),
        ("Review", {"pull_request", "ref:refs/heads/main"}),
    ],
)
def test_a13_each_role_trusts_the_workflows_it_is_for(
    phase_one: Assembly, role: str, claims: set[str]
) -> None:
    trusted = subjects(phase_one.at("delivery", f"Identity/{role}/Resource"))

    assert {subject.removeprefix("repo:restartix/platform:") for subject in trusted} == claims


def test_a13_reviewing_a_pull_request_can_change_nothing(phase_one: Assembly) -> None:
    may = allowed(phase_one, phase_one.at("delivery", "Identity/Review/Resource"))

    stacks = "arn:<AWS::Partition>:cloudformation:*:111122223333:stack/restartix-production-*"
    version = "arn:<AWS::Partition>:ssm:*:111122223333:parameter/cdk-bootstrap/hnb659fds/version"
    assert may == {**{action: [stacks] for action in READ}, "ssm:GetParameter": [version]}


def test_a13_a_deployment_of_the_infrastructure_has_four_hours(phase_one: Assembly) -> None:
    role = phase_one.at("delivery", "Identity/Infrastructure/Resource")

    assert role["MaxSessionDuration"] == 4 * 3600


def test_a14_this_repository_has_workflows_for_checks_diff_and_deploy() -> None:
    found = {path.stem for path in (ROOT / ".github" / "workflows").glob("*.yml")}

    assert {word for word in ("check", "diff", "deploy") for name in found if word in name} == {
        "check",
        "diff",
        "deploy",
    }


@pytest.mark.parametrize(
    ("output", "host"),
    [("CoreApiAddress", "api.restartix.com"), ("TelemetryApiAddress", "telemetry.restartix.com")],
)
def test_a15_an_output_says_what_to_paste_into_dns(phase_one: Assembly, output: str, host: str) -> None:
    said = phase_one.outputs("compute")[output]
    leads_to = phase_one.target("compute", said["Value"])

    # App Runner answers for a domain only once it was associated.
    first = "after `aws apprunner associate-custom-domain`, "
    assert said["Description"] == f"DNS: {first}CNAME {host} to this name"
    assert leads_to
    assert leads_to["ServiceName"] == f"restartix-{leads_to.path.partition('/')[0][:-3].lower()}-api"


def test_a15_on_fargate_the_same_output_names_the_load_balancer(fargate: Assembly) -> None:
    balancer = fargate.the("AWS::ElasticLoadBalancingV2::LoadBalancer")

    for output, host in (("CoreApiAddress", "api"), ("TelemetryApiAddress", "telemetry")):
        said = fargate.outputs("compute")[output]
        assert fargate.target("compute", said["Value"]) == balancer
        assert said["Description"] == f"DNS: CNAME {host}.restartix.com to this name"


def test_a13_outputs_name_the_roles_for_github_and_for_backups(phase_one: Assembly) -> None:
    for role, output in (
        ("delivery", "ReleaseRole"),
        ("delivery", "InfrastructureRole"),
        ("delivery", "ReviewRole"),
        ("backup", "BackupRole"),
    ):
        named = phase_one.target(role, phase_one.outputs(role)[output]["Value"])
        assert named
        assert named.type == "AWS::IAM::Role"
