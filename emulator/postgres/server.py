"""One PostgreSQL server on a unix socket."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from emulator.postgres.programs import programs
from emulator.postgres.unprivileged import follow_us, launcher

ADMIN = "rdsadmin"
_START_SECONDS = 60
_STOP_SECONDS = 8  # PostgreSQL itself waits 5 for its children
_SOCKET = ".s.PGSQL.5432"
_OPEN_FILES = Path("/proc/self/fd")  # Linux only
_SOCKET_LIMIT = 100  # a unix socket's path has room for 104 bytes on macOS, 108 on Linux

# A child told to follow its parent follows the thread that started it, so that must be one that
# lasts as long as the process.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgres-starter")

_SETTINGS = {
    "listen_addresses": "",  # only the unix socket: TLS in front is the only way in
    "password_encryption": "scram-sha-256",
    "fsync": "off",  # nothing here has to survive a crash
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "rds.force_ssl": "1",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Master user of a database, and the database that is made for it."""

    user: str
    password: str
    database: str | None


class Server:
    """A running server; started by the constructor, over with ``stop``."""

    def __init__(self, folder: Path, engine_version: str) -> None:
        """Start a server.

        Args:
            folder: Where its data go.
            engine_version: What RDS calls the version.
        """
        self._folder = folder
        self._programs = programs(engine_version)
        self._admin_password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None
        self._opened: int | None = None
        self._sockets = self._socket_folder()
        self.socket = self._sockets / _SOCKET
        self.log = folder / "server.log"
        try:
            self._initialize()
            self._process = _starter.submit(self._start).result()
            self._wait_until_ready()
            self._prepare()
        except BaseException:
            self.stop()
            raise

    def _socket_folder(self) -> Path:
        self._folder.mkdir(parents=True)
        launcher().own(self._folder)
        if len(str(self._folder / _SOCKET)) <= _SOCKET_LIMIT:
            return self._folder
        if _OPEN_FILES.is_dir():
            # A short way to the same folder: a server that is killed leaves nothing anywhere else.
            self._opened = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            return _OPEN_FILES / str(self._opened)
        folder = Path(tempfile.mkdtemp(prefix="cambium-", dir="/tmp"))  # short
        launcher().own(folder)
        return folder

    def _initialize(self) -> None:
        password_file = self._folder / "admin-password"
        password_file.write_text(self._admin_password)
        launcher().own(password_file)
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={ADMIN}",
            f"--pwfile={password_file}",
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--no-sync", "--wal-segsize=1"),
        )
        password_file.unlink()

    @property
    def socket_folder(self) -> str:
        """Where other processes find its socket: our way through a file we opened is another for them."""
        if self._opened is None:
            return str(self._sockets)
        return f"/proc/{os.getpid()}/fd/{self._opened}"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*launcher().prefix, str(self._programs / program), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(f"{program} failed: {result.stderr.strip() or result.stdout}")

    def _start(self) -> "subprocess.Popen[bytes]":
        # The way we go through a file we opened is ours alone; seen from its data, the folder is one up.
        told = str(self._sockets) if self._opened is None else ".."
        settings = _SETTINGS | {"unix_socket_directories": told}
        options = [option for item in settings.items() for option in ("-c", "=".join(item))]
        program = [str(self._programs / "postgres"), "-D", str(self._data)]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [*launcher().prefix, *follow_us(), *program, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect_as_admin().close()
                return
            except psycopg.OperationalError:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    reason = self.log.read_text(errors="replace").strip()
                    raise RuntimeError(f"PostgreSQL did not start: {reason}") from None
                time.sleep(0.05)

    def _prepare(self) -> None:
        with self.connect_as_admin() as connection:
            connection.execute("CREATE ROLE rds_superuser NOLOGIN")
            connection.execute("GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser")

    def connect_as_admin(self, database: str = "postgres") -> psycopg.Connection:
        """Log in as the superuser that RDS keeps for itself."""
        return psycopg.connect(
            host=str(self._sockets),
            port=5432,
            user=ADMIN,
            password=self._admin_password,
            dbname=database,
            autocommit=True,
        )

    def create_master(self, credentials: Credentials) -> None:
        """Make the master user as RDS does, with wide powers but no superuser, and its database."""
        user = sql.Identifier(credentials.user)
        statements = [
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(
                user, sql.Literal(credentials.password)
            ),
            sql.SQL("GRANT rds_superuser TO {} WITH ADMIN OPTION").format(user),
        ]
        name = credentials.database
        if name and name != "postgres":
            database = sql.Identifier(name)
            statements.append(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, user))
        else:
            statements.append(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(user))
        with self.connect_as_admin() as connection:
            for statement in statements:
                connection.execute(statement)

    def change_password(self, credentials: Credentials) -> None:
        """Give the master user another password."""
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(credentials.user), sql.Literal(credentials.password)
        )
        with self.connect_as_admin() as connection:
            connection.execute(statement)

    def halt(self) -> None:
        """Stop the server and keep its data; its connections end."""
        self._end(signal.SIGINT)

    def resume(self) -> None:
        """Start it again after ``halt``."""
        if self._process is None:
            self._process = _starter.submit(self._start).result()
            self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server at once and remove its data."""
        self._end(signal.SIGQUIT)  # no checkpoint: the data goes anyway
        if self._opened is not None:
            os.close(self._opened)
            self._opened, self._sockets = None, self._folder
        for folder in {self._sockets, self._folder}:
            shutil.rmtree(folder)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
