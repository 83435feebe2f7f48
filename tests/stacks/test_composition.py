"""What stacks promise about systems that describe more than RestartiX does."""

from typing import Any

import aws_cdk as cdk
import pytest

from config.alarms import NoAlarms
from config.catalog import load_system
from config.deployment import Deployment
from config.storage import Bucket, Transition
from config.system import System
from stacks.app import feature_flags
from stacks.composition import RegionStacks
from stacks.global_watch import GlobalStack
from stacks.storage import RecoveryStack, StorageStack
from support.assembly import Resource

ARCHIVE = Bucket(
    name="archive",
    replica="archive-copy",
    transitions=(Transition(after_days=90, storage_class="DEEP_ARCHIVE"),),
    keep_old_versions_days=400,
    lock_days=365,
)


@pytest.fixture(scope="module")
def resources() -> list[Resource]:
    """Stacks of a deployment with two hosts for one service and one archive."""
    deployment = load_system("restartix").resolve("production")
    core, telemetry = deployment.services
    core = core.model_copy(update={"hosts": ("api.restartix.com", "api2.restartix.com")})
    changed = deployment.model_copy(update={"services": (core, telemetry), "buckets": (ARCHIVE,)})
    app = cdk.App(
        context=feature_flags(), analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    GlobalStack(app, deployment=changed)
    StorageStack(app, deployment=changed, region=deployment.home)
    RecoveryStack(app, deployment=changed, region=deployment.home)
    return [
        Resource(stack.stack_name.rpartition("-")[2], logical_id, body)
        for stack in app.synth().stacks
        for logical_id, body in stack.template["Resources"].items()
    ]


def test_an_environment_nobody_is_woken_for_has_a_budget_all_the_same() -> None:
    deployment = load_system("restartix").resolve("production")
    quiet = deployment.environment.model_copy(
        update={"production": False, "alarms": NoAlarms(reason="a playground of one afternoon")}
    )
    app = cdk.App(context=feature_flags(), analytics_reporting=False)
    GlobalStack(app, deployment=deployment.model_copy(update={"environment": quiet}))

    resources = app.synth().stacks[0].template["Resources"].values()

    assert [one["Type"] for one in resources] == ["AWS::Budgets::Budget"]
    (budget,) = resources
    assert budget["Properties"]["Budget"]["BudgetLimit"]["Amount"] == deployment.monthly_budget_usd


def compute_of(deployment: Deployment) -> dict[str, Any]:
    """The template of a deployment's services."""
    app = cdk.App(
        context=feature_flags(), analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    (shard,) = RegionStacks(app, deployment, deployment.home).shards
    template: dict[str, Any] = app.synth().get_stack_by_name(shard.compute.stack_name).template
    return template


def revisions(template: dict[str, Any]) -> list[str]:
    return [
        pair["Value"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::ECS::TaskDefinition"
        for container in one["Properties"]["ContainerDefinitions"]
        for pair in container["Environment"]
        if pair["Name"] == "CREDENTIALS_REVISION"
    ]


def test_services_restart_when_a_deployment_changes_what_is_in_their_secret(notes_system: System) -> None:
    """They read it once, when they start, and nothing else in their template says that it changed."""
    deployment = notes_system.resolve("production")
    assert deployment.database
    fewer, more = (
        deployment.model_copy(
            update={"database": deployment.database.model_copy(update={"read_replicas": number})}
        )
        for number in (1, 2)
    )
    rotated = fewer.model_copy(
        update={"environment": fewer.environment.model_copy(update={"credentials_version": 2})}
    )
    before, after, then = compute_of(more), compute_of(fewer), compute_of(rotated)

    assert before != after != then
    assert [revisions(template) for template in (before, after, then)] == [["1.2"], ["1.1"], ["2.1"]]


def of(resources: list[Resource], role: str, type_name: str) -> list[Any]:
    return [one.properties for one in resources if (one.role, one.type) == (role, type_name)]


def test_each_host_of_a_service_is_watched_under_a_name_of_its_own(resources: list[Resource]) -> None:
    checks = of(resources, "global", "AWS::Route53::HealthCheck")
    alarms = {one["AlarmName"] for one in of(resources, "global", "AWS::CloudWatch::Alarm")}

    assert {one["HealthCheckConfig"]["FullyQualifiedDomainName"] for one in checks} == {
        "api.restartix.com",
        "api2.restartix.com",
        "telemetry.restartix.com",
    }
    assert {"restartix-production-core-api-unhealthy", "restartix-production-core-api-2-unhealthy"} <= alarms


def test_a_copy_is_locked_and_kept_like_its_original(resources: list[Resource]) -> None:
    (original,) = of(resources, "storage", "AWS::S3::Bucket")
    (copy,) = of(resources, "recovery", "AWS::S3::Bucket")

    for setting in ("LifecycleConfiguration", "ObjectLockConfiguration", "ObjectLockEnabled"):
        assert copy[setting] == original[setting]
    assert "ReplicationConfiguration" not in copy
