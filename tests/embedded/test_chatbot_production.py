"""The chatbot platform in production on the embedded AWS: services run, and their URLs log in."""

from collections.abc import Iterator

import pytest

from config.catalog import load_system
from config.deployment import Deployment
from embedded.conftest import copy, up
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from ops.verify import secrets

pytestmark = pytest.mark.embedded

PRODUCTION = ("--system", "chatbot", "--env", "production")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One of its own: its account is that of other products, and takes one identity provider."""
    with copy(tmp_path_factory.mktemp("chatbot-production")) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def said(own: Checkout) -> str:
    """What ``up`` said."""
    return up(own, *PRODUCTION)


@pytest.fixture(scope="module")
def production() -> Deployment:
    return load_system("chatbot").resolve("production")


@pytest.fixture(scope="module")
def places(own: Checkout, said: str) -> Places:
    running = emulator.find(own.workspace)
    assert running is not None
    return Places(running.url)


@pytest.fixture(scope="module")
def dublin(places: Places, production: Deployment) -> Aws:
    return places.at(Place(production.environment.account, "eu-west-1"))


def test_d8_production_is_as_described_and_only_who_may_talks_to_whom(own: Checkout, said: str) -> None:
    assert "as described" in said
    code, output = own.run("access", *PRODUCTION, "--check")
    assert code == 0, output


def test_d1_each_service_runs_as_many_tasks_as_it_starts_with(dublin: Aws, production: Deployment) -> None:
    ecs = dublin.client("ecs")
    running = {
        one["serviceName"]: one["runningCount"]
        for cluster in ecs.list_clusters()["clusterArns"]
        # Database jobs have a cluster of their own, without a service.
        if (arns := ecs.list_services(cluster=cluster)["serviceArns"])
        for one in ecs.describe_services(cluster=cluster, services=arns)["services"]
    }

    assert running == {
        f"chatbot-{service.name}": service.scaling.min
        for service in production.services
        if not service.before_rollout
    }


def test_d9_each_database_url_logs_in_as_its_own_role_over_tls(
    own: Checkout, places: Places, production: Deployment
) -> None:
    found = secrets.read(production, places, own.workspace.emulator_data / "ca.pem")

    assert found.complaints == ()
    assert {(one.service, one.key, one.role) for one in found.logins} == {
        ("backend", "DATABASE_URL", "chatbot_app"),
        ("ai-worker", "DATABASE_URL", "chatbot_app"),
        ("chatbot-admin", "DATABASE_URL", "chatbot_app"),
        ("migrations", "DATABASE_URL", "chatbot_owner"),
    }
    assert all(one.encrypted for one in found.logins)


def test_d4_the_database_has_a_standby_and_cannot_be_deleted(dublin: Aws) -> None:
    (database,) = dublin.rds.describe_db_instances()["DBInstances"]

    assert (database["MultiAZ"], database["StorageEncrypted"]) == (True, True)
    assert (database["DeletionProtection"], database["PubliclyAccessible"]) == (True, False)
