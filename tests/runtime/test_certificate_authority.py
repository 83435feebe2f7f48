"""Whom a connection to the database trusts, and that it trusts nobody else."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from connection_secrets import certificate_authority
from connection_secrets.certificate_authority import tls_context
from connection_secrets.failure import ActionableError
from emulator.postgres.certificates import CA_FILE, make_context
from emulator.testing import free_port
from runtime.support import Database


@pytest.fixture(autouse=True)
def on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is named, and nothing between the tests and their servers."""
    for name in ("DATABASE_CA_FILE", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The file that the trust store of `serve` has for the region."""
    path = tmp_path / "store" / "eu-central-1" / "eu-central-1-bundle.pem"
    path.parent.mkdir(parents=True)
    return path


@contextmanager
def serve(bundle: Path, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Be a trust store, and yield its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(bundle.parents[1]))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, args=[0.01]).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def store(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A trust store to fetch from."""
    with serve(bundle) as address:
        monkeypatch.setattr(certificate_authority, "TRUST_STORE", address)
        yield address


def authority(folder: Path) -> Path:
    """Make a new one and return the file with its certificate."""
    folder.mkdir()
    make_context(folder)
    return folder / CA_FILE


def assert_trusts_only(context: ssl.SSLContext, ca_file: Path) -> None:
    certificate = ssl.PEM_cert_to_DER_cert(ca_file.read_text())
    assert context.get_ca_certs(binary_form=True) == [certificate]
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_the_trust_store_is_asked_over_https() -> None:
    assert certificate_authority.TRUST_STORE.startswith("https://")


@pytest.mark.parametrize("variable", ["DATABASE_CA_FILE", "PGSSLROOTCERT"])
def test_a_named_file_is_trusted_and_nothing_is_fetched(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(certificate_authority, "TRUST_STORE", "nowhere")
    ca_file = authority(tmp_path / "named")
    monkeypatch.setenv(variable, str(ca_file))

    assert_trusts_only(tls_context(), ca_file)


def test_ours_is_preferred_to_the_variable_of_psql(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, psqls = authority(tmp_path / "ours"), authority(tmp_path / "psqls")
    monkeypatch.setenv("DATABASE_CA_FILE", str(ours))
    monkeypatch.setenv("PGSSLROOTCERT", str(psqls))

    assert_trusts_only(tls_context(), ours)


@pytest.mark.parametrize("content", [None, "", "no certificate"], ids=["missing", "empty", "text"])
def test_a_named_file_without_a_certificate_is_an_error(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "named.pem"
    if content is not None:
        named.write_text(content)
    monkeypatch.setenv("DATABASE_CA_FILE", str(named))

    with pytest.raises(ActionableError, match=r"named\.pem does not exist or holds no certificate"):
        tls_context()


@pytest.mark.usefixtures("store")
def test_the_fetched_bundle_is_what_is_trusted(bundle: Path, tmp_path: Path) -> None:
    ca_file = authority(tmp_path / "aws")
    bundle.write_text(ca_file.read_text())

    assert_trusts_only(tls_context(), ca_file)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "ValueError"),
        (b"<html>", "SSLError"),
        (b"\xff", "UnicodeDecodeError"),
        (None, "HTTP status 404"),
    ],
    ids=["empty", "a page", "binary", "missing"],
)
def test_a_trust_store_without_a_certificate_is_an_error(
    content: bytes | None, reason: str, store: str, bundle: Path
) -> None:
    # Python's default context would take an empty bundle for "trust the system's authorities".
    if content is not None:
        bundle.write_bytes(content)

    assert_says_what_to_do(store, reason)


def test_an_unreachable_trust_store_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setattr(certificate_authority, "TRUST_STORE", address)

    assert_says_what_to_do(address, "ConnectionRefusedError")


def test_a_trust_store_nobody_vouches_for_is_an_error(
    monkeypatch: pytest.MonkeyPatch, bundle: Path, tmp_path: Path
) -> None:
    bundle.write_text(authority(tmp_path / "impostor").read_text())

    with serve(bundle, make_context(tmp_path)) as address:
        monkeypatch.setattr(certificate_authority, "TRUST_STORE", address)

        assert_says_what_to_do(address, "SSLCertVerificationError")


def assert_says_what_to_do(address: str, reason: str) -> None:
    with pytest.raises(ActionableError) as failure:
        tls_context()

    message = str(failure.value)
    assert f"from {address}/eu-central-1/eu-central-1-bundle.pem ({reason})" in message
    assert "name a file in DATABASE_CA_FILE" in message


@pytest.mark.database
@pytest.mark.usefixtures("store")
def test_a_database_is_trusted_by_the_fetched_bundle_alone(
    database: Database, bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_CA_FILE")
    bundle.write_text(authority(tmp_path / "other").read_text())
    with pytest.raises(ActionableError, match="is not trusted"):
        database.provision()

    bundle.write_text(database.instance.ca_file.read_text())
    database.provision()
