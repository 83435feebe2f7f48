"""What the identities of workflows promise."""

from typing import Any

import aws_cdk as cdk
import pytest

from cambium.deploy_identity import DeployIdentity
from config.environment import GitHubRepository
from support.assembly import Resource, text
from support.scenario import ACCOUNT, BuiltOf, Define, scenario

ISSUER = "token.actions.githubusercontent.com"


APPLICATION = GitHubRepository(owner="shop", name="api")
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"


def identity(stack: cdk.Stack, repository: GitHubRepository) -> None:
    DeployIdentity(
        stack,
        "Identity",
        repository=repository,
        application=APPLICATION,
        environment="staging",
        account=ACCOUNT,
        repository_arns=f"ecr:*:{ACCOUNT}:repository/shop-*",
        released_arns=[
            f"apprunner:*:{ACCOUNT}:service/shop-*",
            f"ecs:*:{ACCOUNT}:service/*/shop-*",
            f"states:*:{ACCOUNT}:stateMachine:shop-*",
        ],
        systems_stacks="shop-staging-*",
    )


@scenario
def older_repository(stack: cdk.Stack) -> None:
    identity(stack, GitHubRepository(owner="shop", name="infra"))


@scenario
def newer_repository(stack: cdk.Stack) -> None:
    identity(stack, GitHubRepository(owner="shop", name="infra", owner_id=12, repository_id=34))


@scenario
def account_that_trusts_github(stack: cdk.Stack) -> None:
    identity(stack, GitHubRepository(owner="shop", name="infra", provider_arn=PROVIDER))


def role_of(built: BuiltOf, define: Define, role: str) -> Resource:
    (found,) = [
        one for one in built(define).of_type("AWS::IAM::Role") if one.logical_id.startswith(f"Identity{role}")
    ]
    return found


def allowed(built: BuiltOf, define: Define, role: str) -> dict[str, set[str]]:
    """What a role may do, by what it may do it to."""
    (policy,) = [
        one
        for one in built(define).of_type("AWS::IAM::Policy")
        if {"Ref": role_of(built, define, role).logical_id} in one["Roles"]
    ]
    found: dict[str, set[str]] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        for resource in listed(statement["Resource"]):
            found.setdefault(text(resource), set()).update(listed(statement["Action"]))
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def subjects(built: BuiltOf, define: Define, role: str) -> list[str]:
    condition = role_of(built, define, role)["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition["StringEquals"] == {f"{ISSUER}:aud": "sts.amazonaws.com"}
    trusted: list[str] = condition["StringLike"][f"{ISSUER}:sub"]
    return trusted


def test_a13_both_shapes_of_a_subject_are_trusted_when_the_ids_are_known(built: BuiltOf) -> None:
    assert subjects(built, newer_repository, "Infrastructure") == [
        "repo:shop/infra:environment:staging",
        "repo:shop@12/infra@34:environment:staging",
    ]


def test_a13_only_the_names_are_trusted_while_the_ids_are_unknown(built: BuiltOf) -> None:
    assert subjects(built, older_repository, "Infrastructure") == ["repo:shop/infra:environment:staging"]


@pytest.mark.parametrize("define", [older_repository, newer_repository])
@pytest.mark.parametrize("role", ["Release", "Infrastructure", "Review"])
def test_no_trust_is_wider_than_one_repository(built: BuiltOf, define: Define, role: str) -> None:
    assert [one for one in subjects(built, define, role) if "*" in one] == []


def test_a_pull_request_gets_no_role_that_changes_something(built: BuiltOf) -> None:
    for role in ("Release", "Infrastructure"):
        assert not [one for one in subjects(built, newer_repository, role) if "pull_request" in one]


def test_images_are_released_by_the_applications_own_repository(built: BuiltOf) -> None:
    assert subjects(built, newer_repository, "Release") == ["repo:shop/api:environment:staging"]


@pytest.mark.parametrize("role", ["Release", "Infrastructure"])
def test_whoever_changes_something_passed_the_gate_of_the_environment(built: BuiltOf, role: str) -> None:
    assert {one.split(":", 2)[2] for one in subjects(built, newer_repository, role)} == {
        "environment:staging"
    }


def test_a_review_reads_from_pull_requests_and_from_main(built: BuiltOf) -> None:
    assert subjects(built, older_repository, "Review") == [
        "repo:shop/infra:pull_request",
        "repo:shop/infra:ref:refs/heads/main",
    ]


@pytest.mark.parametrize(("role", "hours"), [("Release", 1), ("Infrastructure", 4), ("Review", 1)])
def test_a_session_lasts_as_long_as_its_work_may(built: BuiltOf, role: str, hours: int) -> None:
    assert role_of(built, older_repository, role)["MaxSessionDuration"] == hours * 3600


def test_a_release_pushes_to_the_products_repositories_of_every_region(built: BuiltOf) -> None:
    may = allowed(built, older_repository, "Release")

    assert set(may) == {
        "*",
        f"arn:<AWS::Partition>:ecr:*:{ACCOUNT}:repository/shop-*",
        f"arn:<AWS::Partition>:apprunner:*:{ACCOUNT}:service/shop-*",
        f"arn:<AWS::Partition>:ecs:*:{ACCOUNT}:service/*/shop-*",
        f"arn:<AWS::Partition>:states:*:{ACCOUNT}:stateMachine:shop-*",
    }
    assert may["*"] == {"ecr:GetAuthorizationToken", "apprunner:ListServices"}
    assert "ecr:PutImage" in may[f"arn:<AWS::Partition>:ecr:*:{ACCOUNT}:repository/shop-*"]
    for service in ("apprunner", "ecs", "states"):
        (actions,) = [may[arn] for arn in may if arn.startswith(f"arn:<AWS::Partition>:{service}:")]
        assert {action.partition(":")[0] for action in actions} == {service}


def test_infrastructure_is_changed_only_through_the_bootstraps_roles(built: BuiltOf) -> None:
    may = allowed(built, older_repository, "Infrastructure")
    roles = ("deploy", "file-publishing", "image-publishing", "lookup")
    asked = {where: actions for where, actions in may.items() if "sts:AssumeRole" not in actions}

    assert {
        f"arn:<AWS::Partition>:iam::{ACCOUNT}:role/cdk-hnb659fds-{role}-role-{ACCOUNT}-*" for role in roles
    } == may.keys() - asked.keys()
    # Besides, it asks App Runner whether it kept what CloudFormation calls a success.
    assert set().union(*asked.values()) == {"apprunner:ListOperations", "apprunner:ListServices"}


def test_what_runs_the_code_of_a_pull_request_reads_this_environments_stacks_only(built: BuiltOf) -> None:
    assert allowed(built, older_repository, "Review") == {
        f"arn:<AWS::Partition>:cloudformation:*:{ACCOUNT}:stack/shop-staging-*": {
            "cloudformation:DescribeStackResources",
            "cloudformation:DescribeStacks",
            "cloudformation:GetTemplate",
            "cloudformation:ListStackResources",
        },
        f"arn:<AWS::Partition>:ssm:*:{ACCOUNT}:parameter/cdk-bootstrap/hnb659fds/version": {
            "ssm:GetParameter"
        },
    }


def test_an_account_takes_the_provider_once(built: BuiltOf) -> None:
    template = built(account_that_trusts_github)
    federated = {
        str(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"])
        for role in template.of_type("AWS::IAM::Role")
    }

    assert not template.of_type("AWS::IAM::OIDCProvider")
    assert federated == {PROVIDER}
