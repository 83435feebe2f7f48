"""``python -m database dump|list|restore|verify|drill``; exit codes are those of ``database.failure``."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from types import FrameType

from database import log
from database.drill import Drill, drill
from database.dump import dump
from database.failure import JobError
from database.manifest import Backups
from database.restore import Wish, restore, verify
from database.settings import Settings
from database.store import Store


def main(arguments: Sequence[str]) -> int:
    """Do one job and return its exit code."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _asked_to_stop)
    asked = _parser().parse_args(arguments)
    try:
        settings = Settings.take(os.environ)
        JOBS[asked.job](settings, asked)
    except JobError as failure:
        log.error(str(failure), job=asked.job, code=failure.code)
        return failure.code
    return 0


def _dump(settings: Settings, _asked: argparse.Namespace) -> None:
    dump(settings)


def _list(settings: Settings, asked: argparse.Namespace) -> None:
    backups = Backups(Store(settings.bucket), settings.name, settings.key)
    for one in map(backups.find, backups.ids()):
        if asked.json:
            log.write(
                {"id": one.id, "bytes": one.size_bytes, "rows": one.contents.rows, "database": one.database}
            )
        else:
            print(
                f"{one.id}  {one.database}  PostgreSQL {one.contents.server_version}  "
                f"{one.size_bytes / 1e6:.1f} MB  {one.contents.rows} rows"
            )


def _restore(settings: Settings, asked: argparse.Namespace) -> None:
    wish = Wish(
        backup=asked.backup,
        into=asked.into,
        switch=asked.switch,
        owner=asked.owner,
        without_privileges=asked.without_privileges,
        create_roles=asked.create_roles,
    )
    log.info("the backup is restored, and holds what its manifest says", **asdict(restore(settings, wish)))


def _verify(settings: Settings, asked: argparse.Namespace) -> None:
    manifest = verify(settings, asked.backup, asked.database)
    log.info("the database holds what the backup does", backup=manifest.id, rows=manifest.contents.rows)


def _drill(settings: Settings, _asked: argparse.Namespace) -> None:
    drill(settings, Drill.from_environment(os.environ))


JOBS = {"drill": _drill, "dump": _dump, "list": _list, "restore": _restore, "verify": _verify}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="database", description="Backups of a PostgreSQL database.")
    jobs = parser.add_subparsers(dest="job", required=True)
    jobs.add_parser("dump", help="make a backup")
    jobs.add_parser("list", help="complete backups, newest first").add_argument("--json", action="store_true")
    back = jobs.add_parser("restore", help="restore a backup into a new database")
    back.add_argument("--backup", default="latest", metavar="ID")
    back.add_argument("--into", metavar="NAME", help="the new database")
    back.add_argument("--switch", action="store_true", help="give it the old one's name, once compared")
    back.add_argument("--owner", metavar="ROLE", help="own everything by this role")
    back.add_argument("--create-roles", action="store_true", help="make roles that are missing")
    back.add_argument("--without-privileges", action="store_true", help="leave out who may do what")
    jobs.add_parser("drill", help="restore the newest where nobody needs it, and put that on record")
    compare = jobs.add_parser("verify", help="compare a database with a backup")
    compare.add_argument("--backup", default="latest", metavar="ID")
    compare.add_argument("--database", metavar="NAME")
    return parser


def _asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise JobError("asked to stop before it was done: nothing is left of it")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
