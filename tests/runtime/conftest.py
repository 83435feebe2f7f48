"""A Secrets Manager, both PostgreSQL versions as RDS presents them, and an eye on what leaks."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from psycopg import sql

from postgres_server import VERSIONS, Certificates, TlsFront, free_port, running_postgres

# Before the handlers are imported: like Lambda, they make their client on import.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from connection_secrets import failure, secret_store
from runtime.support import NUMBERS, SENTINEL, Database, Instance, Vault

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SecretsManagerClient"]:
    """Run the emulator's Secrets Manager."""
    port = free_port()
    settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ministack"],
        env=os.environ | settings,
        cwd=tmp_path_factory.mktemp("ministack"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = boto3.client(
        "secretsmanager",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-central-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="test",
    )
    try:
        _wait_for(client)
        yield client
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(client: "SecretsManagerClient") -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            client.list_secrets()
        except BotoCoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def vault(ministack: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The Secrets Manager the handlers use, too."""
    monkeypatch.setattr(secret_store, "client", ministack)
    return Vault(ministack)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything any library logs, at a function's most talkative setting."""
    ours = logging.getLogger("connection-secrets")
    ours.addHandler(caplog.handler)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger=ours.name)
    assert failure.logger.name == ours.name
    yield caplog
    ours.removeHandler(caplog.handler)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What the database shows, and the authority the function trusts."""
    return Certificates.issue(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session", params=list(VERSIONS), ids=lambda version: f"postgres{version}")
def instance(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Instance]:
    """Both versions, one after the other."""
    with (
        running_postgres(request.param) as server,
        TlsFront(server.port, certificates.chain) as front,
    ):
        yield Instance(server, front.port)


@pytest.fixture
def database(
    instance: Instance,
    vault: Vault,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> Database:
    """A database nobody has prepared."""
    monkeypatch.setenv("DATABASE_CA_FILE", str(certificates.authority))
    name = f"shop{next(NUMBERS)}"
    master, password = f"admin_{name}", f"master {SENTINEL}"
    with instance.server.as_superuser() as superuser:
        superuser.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD {}").format(
                sql.Identifier(master), password
            )
        )
        superuser.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(master))
        )
    secrets = {
        kind: vault.add({"username": f"{kind}_{name}", "password": f"{kind} {SENTINEL}"})
        for kind in ("owner", "application", "readonly")
    }
    # As RDS's SecretTargetAttachment completes it.
    secrets["master"] = vault.add(
        {
            "username": master,
            "password": password,
            "engine": "postgres",
            "host": "localhost",
            "port": instance.port,
            "dbname": name,
        }
    )
    return Database(instance, vault, certificates, name, secrets)
