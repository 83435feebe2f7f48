"""Vantrexia leaves its host: the same services on Fargate, and the same data."""

import json
from typing import Any

from config.catalog import load_system
from ops.plan.prover import prove
from ops.plan.verdict import Verdict
from ops.reachability import differences
from support.assembly import Assembly
from support.growth import guarded
from support.planted import real


def test_the_guard_watches_disk_database_secrets_and_buckets(vantrexia_host: Assembly) -> None:
    kinds = {one.type for one in guarded(vantrexia_host).values()}

    assert {
        "AWS::EC2::Volume",
        "AWS::Backup::BackupVault",
        "AWS::RDS::DBInstance",
        "AWS::SecretsManager::Secret",
        "AWS::S3::Bucket",
    } <= kinds


def test_the_way_back_keeps_everything_too(vantrexia_host: Assembly, vantrexia_grown: Assembly) -> None:
    back = prove(real(vantrexia_grown), real(vantrexia_host))
    lost = {loss.change.resource.path for loss in back.losses if "log" not in loss.what}

    # The cache of Fargate is a container on the host.
    assert lost == {"Cache/Group", "Cache/AuthToken"}


def test_the_host_takes_visitors_until_it_goes_itself(
    vantrexia_host: Assembly, vantrexia_grown: Assembly
) -> None:
    """The network is deployed first: what it took away, the machine would miss for the rest of the step."""

    def rules(assembly: Assembly) -> dict[str, Any]:
        stack = assembly.stacks["network"].template["Resources"]
        return {name: body for name, body in stack.items() if "Access1Host" in json.dumps([name, body])}

    before, after = rules(vantrexia_host), rules(vantrexia_grown)

    assert len(before) > 1
    assert {name: after.get(name) for name in before} == before


def test_the_database_gets_a_standby_in_place(vantrexia_host: Assembly, vantrexia_grown: Assembly) -> None:
    database = ("AWS::RDS::DBInstance",)
    change = next(
        one
        for one in prove(real(vantrexia_host), real(vantrexia_grown)).changes
        if one.resource.type == "AWS::RDS::DBInstance"
    )

    assert (vantrexia_host.the(*database)["MultiAZ"], vantrexia_grown.the(*database)["MultiAZ"]) == (
        False,
        True,
    )
    assert {cause.subject for cause in change.causes} >= {"MultiAZ", "DBInstanceClass"}
    assert change.verdict is Verdict.INTERRUPTS


def test_every_service_runs_on_fargate_and_the_machine_is_gone(vantrexia_grown: Assembly) -> None:
    services = {one["ServiceName"] for one in vantrexia_grown.of_type("AWS::ECS::Service")}

    assert services == {f"vantrexia-{name}" for name in ("frontend", "backend", "celery", "celery-beat")}
    assert vantrexia_grown.of_type("AWS::EC2::Instance") == []


def test_there_are_never_two_schedulers(vantrexia_grown: Assembly) -> None:
    beat = vantrexia_grown.the("AWS::ECS::Service", ServiceName="vantrexia-celery-beat")

    assert beat["DeploymentConfiguration"]["MaximumPercent"] == 100
    assert not beat.properties.get("LoadBalancers")


def test_a_worker_that_is_missing_is_an_alarm(vantrexia_grown: Assembly) -> None:
    alarm = vantrexia_grown.the(
        "AWS::CloudWatch::Alarm", AlarmName="vantrexia-production-us-1-celery-stopped"
    )

    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "breaching")


def test_images_come_from_the_same_registry_with_its_login(vantrexia_grown: Assembly) -> None:
    tasks = vantrexia_grown.of_type("AWS::ECS::TaskDefinition")
    containers = [one["ContainerDefinitions"][0] for one in tasks if one.role == "compute"]

    assert {one["Image"] for one in containers} == {
        f"ghcr.io/highlandpc/vantrexia/{name}:latest" for name in ("frontend", "backend")
    }
    assert all("RepositoryCredentials" in one for one in containers)


def test_only_what_is_asked_for_is_reachable_on_fargate(vantrexia_grown: Assembly) -> None:
    assert differences(load_system("vantrexia").resolve("production", 2), vantrexia_grown.templates) == []
