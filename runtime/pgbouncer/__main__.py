"""Starts the pool: ``python -m pgbouncer``, with PgBouncer's exit code, or 2 if told something wrong."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from pgbouncer import certificate, log, metrics, preflight, render
from pgbouncer.console import Console
from pgbouncer.credentials import Credentials
from pgbouncer.failure import SettingsError
from pgbouncer.files import Files
from pgbouncer.settings import Settings
from pgbouncer.supervisor import Supervisor

PROGRAM = "/usr/local/bin/pgbouncer"
"""Where the image has it; ``PGBOUNCER`` names another."""


def main(environ: Mapping[str, str]) -> int:
    """Read the environment, run the pool to its end, and leave nothing behind."""
    os.umask(0o077)
    try:
        settings = Settings.from_environment(environ)
        credentials = Credentials.from_environment(environ, roles=settings.pool_sizes)
        program = environ.get("PGBOUNCER", PROGRAM)
        preflight.check_program(program)
        preflight.check_authorities(settings.ca_file)
        preflight.raise_open_files(settings.open_files)
        with preflight.private_folder() as folder:
            files = Files(Path(folder))
            write(settings, credentials, files)
            return run([program, str(files.configuration)], settings, credentials)
    except SettingsError as failure:
        log.error(str(failure))
        return 2


def write(settings: Settings, credentials: Credentials, files: Files) -> None:
    """Write all files PgBouncer reads; the umask makes them private."""
    certificate.make(files)
    files.configuration.write_text(render.configuration(settings, credentials, files))
    files.users.write_text(render.userlist(credentials))


def run(command: list[str], settings: Settings, credentials: Credentials) -> int:
    """Run PgBouncer and report its metrics until it ends; return its exit code."""
    supervisor = Supervisor(command, drain_seconds=settings.drain_seconds)
    Thread(
        target=metrics.report,
        args=(settings.name, lambda: Console(settings, credentials.stats), supervisor.stopping),
        kwargs={"every_seconds": settings.metrics_seconds},
        daemon=True,
    ).start()
    code = supervisor.run()
    log.info("PgBouncer has ended", code=code)
    return code


if __name__ == "__main__":
    sys.exit(main(os.environ))
