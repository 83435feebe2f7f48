"""After a migration the pool's server connections are replaced, so that no stale statement is used (B7)."""

from collections.abc import Iterator
from typing import Any

import boto3
import psycopg
import pytest
from botocore.stub import Stubber

from connection_pool import containers, reconnect_handler
from connection_secrets.failure import ActionableError
from emulator.testing import free_port
from runtime.support import Vault, lambda_context
from support.pooled_database import PooledDatabase
from support.pooler import Pooler
from support.pooler_told import ADDRESS

CLUSTER = "shop"
SERVICE = "pool"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/shop/"


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """ECS, which answers what a test says, and checks what it is asked."""
    client = boto3.client("ecs", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(containers, "client", client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def task(name: str, address: str | None = ADDRESS, status: str = "RUNNING") -> dict[str, Any]:
    """Return a task as DescribeTasks does."""
    details = [{"name": "subnetId", "value": "subnet-1"}]
    details += [{"name": "privateIPv4Address", "value": address}] if address else []
    attachment = {"type": "ElasticNetworkInterface", "status": "ATTACHED", "details": details}
    return {"taskArn": TASK + name, "lastStatus": status, "attachments": [attachment]}


def answer(ecs: Stubber, *tasks: dict[str, Any]) -> None:
    """Let a service have these tasks."""
    arns = [task["taskArn"] for task in tasks]
    asked = {"cluster": CLUSTER, "serviceName": SERVICE, "desiredStatus": "RUNNING"}
    ecs.add_response("list_tasks", {"taskArns": arns}, asked)
    if arns:
        ecs.add_response("describe_tasks", {"tasks": list(tasks)}, {"cluster": CLUSTER, "tasks": arns})


def reconnect(pooled: PooledDatabase, **changes: Any) -> dict[str, Any]:
    """Run the handler."""
    event = {
        "Cluster": CLUSTER,
        "Service": SERVICE,
        "Port": pooled.told.settings["listen_port"],
        "SecretArn": pooled.secret_arn,
    }
    return reconnect_handler.on_event(event | changes, lambda_context())


on_postgres = pytest.mark.parametrize("instance", ["18"], indirect=True)


@pytest.mark.database
@on_postgres
def test_statements_work_again_after_a_migration(
    pooled: PooledDatabase, pooler: Pooler, ecs: Stubber
) -> None:
    owner = pooled.connect(pooler, "owner")
    owner.execute("CREATE TABLE orders (id int)")
    application = pooled.connect(pooler, "application", prepare_threshold=0, cursor_factory=psycopg.Cursor)
    application.execute("SELECT * FROM orders")
    owner.execute("ALTER TABLE orders ADD COLUMN note text")
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="cached plan must not change"):
        application.execute("SELECT * FROM orders")
    answer(ecs, task("one"))

    assert reconnect(pooled) == {"Containers": 1}

    application.execute("SELECT * FROM orders")


@pytest.mark.database
@on_postgres
def test_a_container_that_refuses_fails_the_migration_after_all_were_asked(
    pooled: PooledDatabase, pooler: Pooler, ecs: Stubber
) -> None:
    answer(ecs, task("gone", "127.0.0.9"), task("one"))
    application = pooled.connect(pooler, "application")
    before = application.execute("SELECT pg_backend_pid()").fetchone()

    with pytest.raises(ActionableError, match=r"failed on 1 of 2 .*\(127.0.0.9: ConnectionRefusedError\)"):
        reconnect(pooled)

    assert application.execute("SELECT pg_backend_pid()").fetchone() != before


@pytest.mark.database
@on_postgres
@pytest.mark.usefixtures("pooler")
def test_a_password_that_the_container_does_not_know_is_reported_and_not_quoted(
    pooled: PooledDatabase, ecs: Stubber, logged: pytest.LogCaptureFixture
) -> None:
    stored = pooled.database.vault.get(pooled.secret_arn)
    wrong = {"username": "pool_admin", "password": "s3ntinel"}
    pooled.database.vault.put(pooled.secret_arn, stored | {"admin": wrong})
    answer(ecs, task("one"))

    with pytest.raises(ActionableError, match=rf"\({ADDRESS}: SASL authentication failed") as failure:
        reconnect(pooled)
    assert "s3ntinel" not in f"{failure.value!r} {failure.value.__context__!r} {logged.text}"


EVENT: dict[str, Any] = {"Cluster": CLUSTER, "Service": SERVICE, "Port": 6432, "SecretArn": "arn:none"}


def test_a_service_without_containers_is_fine(ecs: Stubber) -> None:
    """A pool of a system at night, or on its first deployment; the secret may not exist yet."""
    answer(ecs)

    assert reconnect_handler.on_event(EVENT, lambda_context()) == {"Containers": 0}


def test_containers_on_their_way_up_have_nothing_to_reconnect(ecs: Stubber) -> None:
    answer(ecs, task("pending", None, "PENDING"), task("starting", ADDRESS, "PROVISIONING"))

    assert reconnect_handler.on_event(EVENT, lambda_context()) == {"Containers": 0}


def test_every_page_of_containers_is_read(ecs: Stubber) -> None:
    asked = {"cluster": CLUSTER, "serviceName": SERVICE, "desiredStatus": "RUNNING"}
    for number, token in ((1, {"nextToken": "more"}), (2, {})):
        page = [task(f"{number}-{n}", f"10.0.{number}.{n}") for n in range(100)]
        arns = [one["taskArn"] for one in page]
        after = {"nextToken": "more"} if number == 2 else {}
        ecs.add_response("list_tasks", {"taskArns": arns, **token}, {**asked, **after})
        ecs.add_response("describe_tasks", {"tasks": page}, {"cluster": CLUSTER, "tasks": arns})

    found = containers.addresses(CLUSTER, SERVICE)

    assert (len(found), found[0], found[-1]) == (200, "10.0.1.0", "10.0.2.99")


def test_a_task_without_an_address_is_an_error(ecs: Stubber) -> None:
    answer(ecs, task("bridged", None))

    with pytest.raises(ActionableError, match=r"task .*/bridged runs and has no private address"):
        reconnect_handler.on_event(EVENT, lambda_context())


def test_what_ecs_refuses_is_reported(ecs: Stubber) -> None:
    ecs.add_client_error("list_tasks", "AccessDeniedException")

    with pytest.raises(ActionableError, match=r"the tasks of pool in shop failed with .*AccessDenied"):
        reconnect_handler.on_event(EVENT, lambda_context())


def test_a_secret_without_the_consoles_user_is_an_error(ecs: Stubber, vault: Vault) -> None:
    answer(ecs, task("one"))
    event = EVENT | {"SecretArn": vault.add(), "Port": free_port()}

    with pytest.raises(ActionableError, match="needs a non-empty string under 'username'"):
        reconnect_handler.on_event(event, lambda_context())
