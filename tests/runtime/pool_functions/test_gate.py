"""A deployment goes on only if an application can work through the pool."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connection_pool import gate_handler, login, probe_handler
from connection_secrets.failure import ActionableError
from emulator.postgres.certificates import CA_FILE, make_context
from runtime.support import SENTINEL, lambda_context
from support.embedded_metric import metric_values
from support.pooled_database import PooledDatabase, Start
from support.pooler import Pooler
from support.pooler_told import ADDRESS

pytestmark = [pytest.mark.database, pytest.mark.parametrize("instance", ["18"], indirect=True)]


@pytest.fixture
def properties(pooled: PooledDatabase) -> dict[str, Any]:
    """What CloudFormation sends."""
    return {
        "Host": ADDRESS,
        "Port": str(pooled.told.settings["listen_port"]),
        "Database": pooled.database.name,
        "SecretArn": pooled.database.secrets["application"],
        "Log": "/pool/log",
        "Version": "1",
    }


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait as long for a pool that will never work."""
    monkeypatch.setattr(gate_handler, "_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(login, "_PATIENCE_SECONDS", 3)


STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1"


@pytest.fixture(autouse=True)
def status(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Say what CloudFormation is doing; a deployment, unless told otherwise."""
    said = ["UPDATE_IN_PROGRESS"]
    monkeypatch.setattr(gate_handler, "stack_status", lambda stack: said[-1] if stack == STACK else "")
    return said.append


def gate(properties: dict[str, Any], seconds: float = 30.5) -> dict[str, Any]:
    """Run the handler; all but half a second of its time is kept back for the last attempt."""
    event = {"RequestType": "Create", "StackId": STACK, "ResourceProperties": properties}
    return gate_handler.on_event(event, lambda_context(seconds))


def probe(properties: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Run the probe and return its metrics."""
    answer = probe_handler.on_schedule({**properties, "Pool": "shop"}, lambda_context())
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert json.loads(line)["Pool"] == answer["Pool"] == "shop"
    return metric_values(json.loads(line))


@pytest.fixture
def distrusted(pooled: PooledDatabase, start: Start, tmp_path: Path) -> Pooler:
    """A container that runs, and trusts another authority than the database's."""
    make_context(tmp_path)
    other = pooled.database.instance.ca_file.with_name("other.pem")
    other.write_text((tmp_path / CA_FILE).read_text())
    return start(pooled.told.changed(environ={"PGBOUNCER_CA_FILE": str(other)}))


@pytest.mark.usefixtures("pooler")
def test_a_pool_that_works_lets_the_deployment_go_on(properties: dict[str, Any]) -> None:
    pool = f"{properties['Host']}:{properties['Port']}/{properties['Database']}"

    assert gate(properties) == {"PhysicalResourceId": f"pool-gate:{pool}"}


@pytest.mark.usefixtures("hurried")
def test_waits_for_containers_that_are_still_starting(
    pooled: PooledDatabase, start: Start, properties: dict[str, Any]
) -> None:
    with ThreadPoolExecutor() as threads:
        passed = threads.submit(gate, properties, 60)
        time.sleep(0.5)
        assert not passed.done()
        start(pooled.told)

        assert "PhysicalResourceId" in passed.result(timeout=20)


@pytest.mark.usefixtures("hurried", "distrusted")
def test_a_pool_that_runs_and_cannot_reach_the_database_fails_the_deployment(
    properties: dict[str, Any],
) -> None:
    with pytest.raises(ActionableError) as failure:
        gate(properties)

    message = str(failure.value)
    assert f"SELECT 1 through the pool {ADDRESS}:" in message
    assert "certificate is not of the authority" in message
    assert "read the log /pool/log" in message


@pytest.mark.usefixtures("hurried", "pooler")
def test_a_password_the_pool_does_not_know_fails_the_deployment(
    pooled: PooledDatabase, properties: dict[str, Any], logged: pytest.LogCaptureFixture
) -> None:
    role = pooled.database.role("application")
    pooled.database.vault.put(properties["SecretArn"], {"username": role, "password": f"new {SENTINEL}"})

    with pytest.raises(ActionableError, match=r"\(SASL authentication failed, SQLSTATE ") as failure:
        gate(properties)
    assert "s3ntinel" not in f"{failure.value!r} {failure.value.__context__!r} {logged.text}"


@pytest.mark.usefixtures("hurried")
def test_a_pool_that_is_not_there_fails_the_deployment(properties: dict[str, Any]) -> None:
    with pytest.raises(ActionableError, match=r"never worked \(ConnectionRefusedError\)"):
        gate(properties)


@pytest.mark.usefixtures("hurried")
def test_a_pool_that_does_not_encrypt_is_not_used(
    pooled: PooledDatabase, properties: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate gives no password to whoever answers without TLS."""
    from socket import create_server
    from threading import Thread

    server = create_server((ADDRESS, 0))

    def refuse() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.recv(8)  # PostgreSQL's SSLRequest
                client.sendall(b"N")

    Thread(target=refuse, daemon=True).start()
    with pytest.raises(ActionableError, match=r"\(it does not offer TLS\)"):
        gate(properties | {"Port": str(server.getsockname()[1])})
    server.close()


def test_deleting_the_gate_does_nothing(properties: dict[str, Any]) -> None:
    event = {"RequestType": "Delete", "PhysicalResourceId": "x", "ResourceProperties": properties}

    assert gate_handler.on_event(event, lambda_context()) == {"PhysicalResourceId": "x"}


@pytest.mark.usefixtures("pooler")
def test_the_probe_measures_a_login(properties: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    values = probe(properties, capsys)

    assert values.keys() == {"LoginFailed", "LoginSeconds"}
    assert values["LoginFailed"] == 0
    assert 0 < values["LoginSeconds"] < 10


@pytest.mark.usefixtures("hurried", "distrusted")
def test_the_probe_counts_a_failing_login_and_does_not_fail_itself(
    properties: dict[str, Any], capsys: pytest.CaptureFixture[str], logged: pytest.LogCaptureFixture
) -> None:
    assert probe(properties, capsys) == {"LoginFailed": 1}
    assert "no login through the pool" in logged.text
    assert "s3ntinel" not in logged.text


def test_the_probe_counts_a_secret_it_cannot_read(
    properties: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    arn = properties["SecretArn"].replace("secret:", "secret:no-")

    assert probe(properties | {"SecretArn": arn}, capsys) == {"LoginFailed": 1}


def test_a_probe_that_is_told_something_wrong_fails(properties: dict[str, Any]) -> None:
    with pytest.raises(ActionableError, match="Pool must be a non-empty string"):
        probe_handler.on_schedule(properties, lambda_context())


@pytest.mark.usefixtures("distrusted", "hurried")
def test_a_rollback_goes_on_whatever_the_pool_says(
    properties: dict[str, Any], status: Callable[[str], None]
) -> None:
    status("UPDATE_ROLLBACK_IN_PROGRESS")

    assert gate(properties)["PhysicalResourceId"].startswith("pool-gate:")
