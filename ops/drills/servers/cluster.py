"""The files of a PostgreSQL server, made anew for every drill."""

from pathlib import Path

from ops.drills.servers.lifetime import Lifetime

_SECONDS = 60.0
_ACCESS = "local all all scram-sha-256\nhost all all all scram-sha-256\n"
"""Who may come in: whoever knows a password, from everywhere it listens, which is this machine."""


def initialize(lifetime: Lifetime, folder: Path, programs: Path, superuser: str, password: str) -> None:
    """Make ``folder/data``, with one role and no databases of ours.

    Raises:
        RuntimeError: initdb failed; with its words.
    """
    password_file = lifetime.make_file(folder / "superuser", password)
    arguments = [
        str(programs / "initdb"),
        f"--pgdata={folder / 'data'}",
        f"--username={superuser}",
        f"--pwfile={password_file}",
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
    ]
    made = lifetime.start(arguments, log=folder / "initdb.log")
    if not made.wait(_SECONDS) or not (folder / "data" / "PG_VERSION").exists():
        raise RuntimeError(f"initdb failed: {made.said()}")
    password_file.unlink()
    (folder / "data" / "pg_hba.conf").write_text(_ACCESS)
