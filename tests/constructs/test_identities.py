"""What the identities of workflows promise."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr

from cambium.deploy_identity import DeployIdentity
from config.environment import GitHubRepository
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
        images=[ecr.Repository.from_repository_name(stack, "Image", "shop-api")],
        service_arns=[f"ecs:*:{ACCOUNT}:service/*/shop-*"],
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


def subjects(built: BuiltOf, define: Define, role: str) -> list[str]:
    (found,) = [
        one for one in built(define).of_type("AWS::IAM::Role") if one.logical_id.startswith(f"Identity{role}")
    ]
    condition = found["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
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
    assert subjects(built, newer_repository, "Release") == [
        "repo:shop/api:environment:staging",
        "repo:shop/api:ref:refs/heads/main",
    ]


def test_an_account_takes_the_provider_once(built: BuiltOf) -> None:
    template = built(account_that_trusts_github)
    federated = {
        str(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"])
        for role in template.of_type("AWS::IAM::Role")
    }

    assert not template.of_type("AWS::IAM::OIDCProvider")
    assert federated == {PROVIDER}
