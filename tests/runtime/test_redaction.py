"""No password in a log record, an error or an answer, whatever goes wrong."""

import json
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.stub import Stubber

from connection_secrets import connection, secret_store, urls_handler
from connection_secrets.failure import ActionableError, shielded
from emulator.postgres.certificates import CA_FILE, make_context
from emulator.testing import free_port
from runtime.support import SENTINEL, Database, Vault, lambda_context

PARTS = ("s3ntinel", SENTINEL)


def assert_silent(logged: pytest.LogCaptureFixture, *texts: object) -> None:
    records = [f"{record.getMessage()} {vars(record)}" for record in logged.records]
    everything = "\n".join([*records, *(f"{text} {text!r}" for text in texts)])
    for part in PARTS:
        assert part not in everything


def assert_silent_error(logged: pytest.LogCaptureFixture, error: BaseException) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    assert_silent(logged, error, error.args, vars(error))


@pytest.mark.database
def test_success_reveals_nothing(database: Database, logged: pytest.LogCaptureFixture) -> None:
    answer = database.provision()

    assert_silent(logged, answer)
    assert "has the roles" in logged.text


def _wrong_password(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    master = database.vault.get(database.secrets["master"])
    database.vault.put(database.secrets["master"], master | {"password": f"not {SENTINEL}"})
    return {}


def _missing_key(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    database.vault.put(database.secrets["owner"], {"passwort": SENTINEL})
    return {}


def _other_username(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    values = {"username": SENTINEL, "password": SENTINEL}
    database.vault.put(database.secrets["owner"], values)
    return {}


def _malformed(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    document = f'{{"password": "{SENTINEL}'
    database.vault.client.put_secret_value(SecretId=database.secrets["owner"], SecretString=document)
    return {}


def _not_an_object(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    database.vault.put(database.secrets["owner"], [SENTINEL])
    return {}


def _forbidden_character(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    database.vault.put(database.secrets["owner"], {"password": f"{SENTINEL}\x00"})
    return {}


def _host_down(_: Database, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"Port": str(free_port())}


def _plain_text_server(_: Database, __: pytest.MonkeyPatch) -> dict[str, Any]:
    server = socket.create_server(("127.0.0.1", 0))
    Thread(target=_refuse_tls, args=[server], daemon=True).start()
    return {"Port": str(server.getsockname()[1])}


def _refuse_tls(server: socket.socket) -> None:
    client, _ = server.accept()
    with server, client:
        client.recv(8)  # PostgreSQL's SSLRequest
        client.sendall(b"N")


def _wrong_host_name(_: Database, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"Host": "127.1"}  # is 127.0.0.1, but the certificate does not say so


def _unknown_database(_: Database, __: pytest.MonkeyPatch) -> dict[str, Any]:
    return {"Database": "nowhere"}


def _refused_statement(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    with database.as_superuser() as superuser:
        superuser.execute(f"ALTER ROLE {database.role('admin')} NOCREATEROLE")
    return {}


def _role_of_someone_else(database: Database, _: pytest.MonkeyPatch) -> dict[str, Any]:
    with database.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {database.role('owner')}")
    return {}


def _bug(_: Database, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(connection, "tls_context", lambda: json.loads(SENTINEL))
    return {}


Sabotage = Callable[[Database, pytest.MonkeyPatch], dict[str, Any]]

FAILURES: dict[Sabotage, str] = {
    _wrong_password: "refused the login in secret arn:",
    _missing_key: "needs a non-empty string under 'password'",
    _other_username: "must have the username",
    _malformed: "must hold a JSON object",
    _not_an_object: "must hold a JSON object",
    _forbidden_character: "characters SCRAM forbids",
    _host_down: "ConnectionRefusedError",
    _plain_text_server: "it does not offer TLS",
    _wrong_host_name: "is not trusted (Hostname mismatch",
    _unknown_database: "SQLSTATE 3D000",
    _refused_statement: "permission denied to create role",
    # PostgreSQL 16 refuses with SQLSTATE 42501; on 15 we have to.
    _role_of_someone_else: "nothing was changed",
    _bug: "unexpected JSONDecodeError at decoder.py",
}


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for databases that will never come."""
    monkeypatch.setattr("connection_secrets.roles_handler._LONGEST_WAIT_SECONDS", 0.0)


@pytest.mark.database
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("sabotage", FAILURES, ids=lambda sabotage: sabotage.__name__.strip("_"))
def test_failure_says_what_to_do_and_reveals_nothing(
    database: Database,
    logged: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    sabotage: Sabotage,
) -> None:
    changes = sabotage(database, monkeypatch)

    with pytest.raises(ActionableError) as failure:
        database.provision(**changes)

    assert FAILURES[sabotage] in str(failure.value)
    assert_silent_error(logged, failure.value)


@pytest.mark.database
@pytest.mark.usefixtures("hurried")
def test_an_untrusted_certificate_ends_it(
    database: Database,
    logged: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    make_context(tmp_path)
    monkeypatch.setenv("DATABASE_CA_FILE", str(tmp_path / CA_FILE))

    with pytest.raises(ActionableError, match=r"localhost.* is not trusted") as failure:
        database.provision()

    assert_silent_error(logged, failure.value)


@pytest.mark.database
def test_nothing_is_changed_by_a_run_that_fails(database: Database) -> None:
    owner, application, _ = database.properties["Roles"]
    with database.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {database.role('readonly')}")

    with pytest.raises(ActionableError, match="nothing was changed"):
        database.provision()

    with database.as_superuser() as superuser:
        assert superuser.execute(
            "SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)",
            [owner["Name"], application["Name"]],
        ).fetchone() == (0,)


def _compose(target: str, secret: str) -> dict[str, Any]:
    entry = {
        "Kind": "postgres",
        "SecretArn": secret,
        "Host": "db",
        "Port": "5432",
        "Database": "shop",
    }
    properties = {"TargetSecretArn": target, "Urls": {"DATABASE_URL": entry}}
    return urls_handler.on_event(
        {"RequestType": "Create", "ResourceProperties": properties}, lambda_context()
    )


def test_composing_reveals_nothing(vault: Vault, logged: pytest.LogCaptureFixture) -> None:
    secret = vault.add({"username": "app", "password": SENTINEL})

    answer = _compose(vault.add(), secret)

    assert_silent(logged, answer)
    assert "is at version" in logged.text


@pytest.mark.parametrize(
    "document",
    [json.dumps({"password": SENTINEL}), f'"{SENTINEL}', json.dumps([SENTINEL])],
    ids=["no username", "malformed", "a list"],
)
def test_a_secret_that_cannot_be_composed_reveals_nothing(
    vault: Vault, logged: pytest.LogCaptureFixture, document: str
) -> None:
    with pytest.raises(ActionableError, match="secret arn:") as failure:
        _compose(vault.add(), vault.add(document=document))

    assert_silent_error(logged, failure.value)


def test_a_secret_to_read_must_have_a_value(vault: Vault) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none"

    with pytest.raises(ActionableError, match="does not exist or has no current value"):
        _compose(vault.add(), secret)


def _read() -> object:
    return secret_store.find("arn:target")


def _write() -> object:
    return secret_store.replace("arn:target", {"key": SENTINEL}, expected=None)


@pytest.mark.parametrize(
    ("operation", "call", "doing"),
    [("get_secret_value", _read, "reading"), ("put_secret_value", _write, "writing")],
)
def test_a_refusal_by_secrets_manager_reveals_nothing(
    vault: Vault,
    logged: pytest.LogCaptureFixture,
    operation: str,
    call: Callable[[], object],
    doing: str,
) -> None:
    with Stubber(secret_store.client) as stub:
        stub.add_client_error(operation, "AccessDeniedException", f"no access to {SENTINEL}")
        with pytest.raises(ActionableError) as failure:
            call()

    assert f"{doing} secret arn:target failed with AccessDeniedException" in str(failure.value)
    assert_silent(logged, failure.value)


def test_parameters_boto_refuses_are_not_quoted(vault: Vault, logged: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ActionableError, match="ParamValidationError") as failure:
        secret_store.replace("", {"key": SENTINEL}, expected=None)

    assert_silent(logged, failure.value)


def test_the_boundary_withholds_the_text_of_every_other_error(
    logged: pytest.LogCaptureFixture,
) -> None:
    @shielded
    def on_event(event: dict[str, Any], context: object) -> dict[str, Any]:
        try:
            raise KeyError(SENTINEL)
        except KeyError as error:
            raise RuntimeError(SENTINEL) from error

    with pytest.raises(ActionableError, match="unexpected RuntimeError at test_redaction") as failure:
        on_event({}, lambda_context())

    assert_silent_error(logged, failure.value)


def test_secrets_do_not_show_in_a_repr() -> None:
    assert PARTS[0] not in repr(secret_store.Secret("arn", "1", {"password": SENTINEL}))


def test_a_talkative_log_level_does_not_reach_botocore() -> None:
    assert not logging.getLogger("botocore.parsers").isEnabledFor(logging.DEBUG)
