"""The pooler as its container runs it: ``python -m pgbouncer`` with the settings of a template.

What differs from AWS, and nothing else: addresses and ports; and ``server_tls_sslmode``, since the PostgreSQL
of the wheel has no TLS. The program's own tests cover TLS to the database.
"""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emulator.postgres.certificates import CA_FILE, make_context
from ops.drills.check import CannotRunError
from ops.drills.servers import adapter
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Credentials, Pooler, Upstream
from ops.drills.servers.ports import HOST, free_port

WITHOUT_TLS_TO_DATABASE = {"server_tls_sslmode": "disable"}


def check_machine() -> None:
    """Make sure that our program will find what it needs.

    Raises:
        CannotRunError: names it.
    """
    if shutil.which("openssl") is None:
        raise CannotRunError("openssl is missing: the pooler makes the certificate its clients see with it")


def start(
    lifetime: Lifetime,
    name: str,
    *,
    program: Pgbouncer,
    settings: Mapping[str, Any],
    credentials: Credentials,
    upstreams: Mapping[str, Upstream],
    lines: Mapping[str, str],
) -> Pooler:
    """Start ``python -m pgbouncer`` as its container does, with the settings of a template.

    Args:
        lifetime: Ends it.
        name: Of its folder.
        program: pgbouncer itself.
        settings: POOL_SETTINGS; only ports are replaced.
        credentials: POOL_CREDENTIALS.
        upstreams: Where each database of the settings is.
        lines: What is replaced in the configuration it writes, besides TLS to the database.
    """
    folder = lifetime.make_folder(name)
    port = free_port()
    here = {
        alias: {**database, "port": upstreams[alias].port}
        for alias, database in settings["databases"].items()
    }
    hosts = {
        database["host_from"]: upstreams[alias].host for alias, database in settings["databases"].items()
    }
    env = {
        **os.environ,
        **hosts,
        "POOL_SETTINGS": json.dumps({**settings, "listen_port": port, "databases": here}),
        "POOL_CREDENTIALS": credentials.as_json(),
        "POOL_LISTEN_ADDRESS": HOST,
        "PGBOUNCER_CA_FILE": str(_authority(lifetime.folder)),
        "PGBOUNCER": str(_stand_in(lifetime, folder, program, {**WITHOUT_TLS_TO_DATABASE, **lines})),
        "TMPDIR": str(folder),
    }
    command = [sys.executable, "-m", "pgbouncer"]
    sslmode = lines.get("client_tls_sslmode", "require")
    return Pooler(
        lifetime, command, folder=folder, credentials=credentials, port=port, sslmode=sslmode, env=env
    )


def _authority(folder: Path) -> Path:
    """Certificates of an authority that is to vouch for the database; our program looks for them."""
    file = folder / CA_FILE
    if not file.exists():
        make_context(folder)
        file.chmod(0o644)
    return file


def _stand_in(lifetime: Lifetime, folder: Path, program: Pgbouncer, lines: Mapping[str, str]) -> Path:
    words = [sys.executable, "-I", "-S", adapter.__file__, str(program.path), json.dumps(dict(lines))]
    script = f'#!/bin/sh\nexec {shlex.join(words)} "$1"\n'
    return lifetime.make_file(folder / "pgbouncer", script, mode=0o700)
