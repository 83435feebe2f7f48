"""A Secrets Manager, PostgreSQL 15 to 18 as RDS presents them, and an eye on what leaks."""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.postgres.certificates import CA_FILE, make_context
from emulator.postgres.server import Credentials, Server
from emulator.postgres.tls import TlsFront
from emulator.testing import Emulator, started

# Before the handlers are imported: like Lambda, they make their client on import.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from connection_secrets import failure, secret_store
from runtime.support import NUMBERS, SENTINEL, Database, Instance, Vault
from support.majors import must_have


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Has the Secrets Manager."""
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def vault(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The Secrets Manager the handlers use, too."""
    vault = Vault(emulator.client("secretsmanager", "eu-central-1"))
    monkeypatch.setattr(secret_store, "client", vault.client)
    return vault


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


OLDER = [pytest.param(version, marks=pytest.mark.long) for version in ("15", "16")]


@pytest.fixture(scope="session", params=[*OLDER, "18"], ids="postgres{}".format)
def instance(request: pytest.FixtureRequest) -> Iterator[Instance]:
    """Every version, one after the other."""
    must_have(request.param)
    # Not pytest's tmp_path: only its owner can enter, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        front = TlsFront(make_context(folder), on_traffic=lambda: None)
        server = Server(folder / "server", request.param)
        with server.connect_as_admin() as admin:
            assert admin.info.server_version // 10000 == int(request.param)
            admin.execute("ALTER ROLE ALL SET log_statement = 'all'")
        listener = front.open(server.socket)
        yield Instance(server, front, listener.port, folder / CA_FILE)
        front.close(listener)
        server.stop()
        front.stop()


@pytest.fixture
def database(instance: Instance, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database nobody has prepared."""
    monkeypatch.setenv("DATABASE_CA_FILE", str(instance.ca_file))
    name = f"shop{next(NUMBERS)}"
    master = Credentials(user=f"admin_{name}", password=f"master {SENTINEL}", database=name)
    instance.server.create_master(master)
    secrets = {
        kind: vault.add({"username": f"{kind}_{name}", "password": f"{kind} {SENTINEL}"})
        for kind in ("owner", "application", "readonly")
    }
    # As RDS's SecretTargetAttachment completes it.
    secrets["master"] = vault.add(
        {
            "username": master.user,
            "password": master.password,
            "engine": "postgres",
            "host": "localhost",
            "port": instance.port,
            "dbname": name,
        }
    )
    return Database(instance, vault, name, secrets)
