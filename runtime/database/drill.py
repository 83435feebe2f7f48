"""A rehearsal: the newest backup, restored where nobody needs it, compared, timed, and put on record."""

import json
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from database import log
from database.connection import Connection
from database.failure import JobError, must
from database.fresh import Server
from database.manifest import ID, Backups
from database.point_in_time import PointInTime
from database.restore import Restoration, Wish, restore
from database.settings import Settings
from database.store import Store
from database.throw_away import Plan, instance

_PROMISES = ("rto", "rpo", "point_in_time")
"""What each record says of itself: measured, target, met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill is told, by ``DRILL_*`` in its environment."""

    records: str
    """Bucket of the records."""
    restore_hours: float
    loss_hours: float
    started: datetime
    """From where the recovery time counts: an instance that is made first is part of it."""
    plan: Plan | None
    """None restores into a new database of the server that was named."""
    point_in_time: PointInTime | None = None
    """The database in use, where something was promised of restoring it to its latest moment."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Drill":
        """Read it.

        Raises:
            SettingsError: Names the variable.
        """
        if not environ.get("DRILL_RECORDS"):
            raise must("DRILL_RECORDS", "the bucket of the records", environ.get("DRILL_RECORDS"))
        return cls(
            records=environ["DRILL_RECORDS"],
            restore_hours=_hours(environ, "DRILL_RESTORE_HOURS"),
            loss_hours=_hours(environ, "DRILL_LOSS_HOURS"),
            started=_time(environ.get("DRILL_STARTED")),
            plan=_plan(environ),
            point_in_time=PointInTime.from_environment(environ),
        )


def drill(settings: Settings, asked: Drill) -> dict[str, Any]:
    """Rehearse, and write the record, whatever comes of it.

    Raises:
        JobError: the record says the same, and why.
    """
    backups = Backups(Store(settings.bucket), settings.name, settings.key)
    record: dict[str, Any] = {
        "drill": asked.started.strftime(ID),
        "backups": f"s3://{settings.bucket}/{settings.name}/",
        "where": f"instance {asked.plan.name}" if asked.plan else "a new database",
        "passed": False,
    }
    try:
        if asked.point_in_time:
            record["point_in_time"] = asked.point_in_time.measure()
        record |= _rehearse(settings, asked, backups, record)
        missed = [one for one in _PROMISES if one in record and not record[one]["met"]]
        record |= {"passed": not missed} | ({"reason": f"missed {', '.join(missed)}"} if missed else {})
    except BaseException as error:
        record["reason"] = str(error) if isinstance(error, JobError) else type(error).__name__
        raise
    finally:
        _write(settings, asked, record)
    if not record["passed"]:
        raise JobError(f"the drill {record['reason']}: {json.dumps(record)}")
    return record


def _rehearse(settings: Settings, asked: Drill, backups: Backups, record: dict[str, Any]) -> dict[str, Any]:
    manifest = backups.find("latest")
    record |= {"backup": manifest.id, "postgresql": manifest.contents.server_version}
    rpo = _elapsed_hours(manifest.taken, asked.started)
    with _somewhere(settings, asked, manifest.contents.database_bytes) as place:
        name = f"drill_{record['drill'].lower()}"
        with _gone_afterwards(place, name):
            done = restore(settings.at(place), Wish(backup=manifest.id, into=name, create_roles=True))
            rto = _elapsed_hours(asked.started, datetime.now(UTC))
    return {
        "rto": _met(rto, asked.restore_hours),
        "rpo": _met(rpo, asked.loss_hours),
        **_looked_again(asked, record),
        "tables": len(manifest.contents.tables),
        **_measured(done),
    }


def _met(hours: float, target_hours: float) -> dict[str, Any]:
    return {"hours": round(hours, 4), "target_hours": target_hours, "met": hours <= target_hours}


def _looked_again(asked: Drill, record: Mapping[str, Any]) -> dict[str, Any]:
    """Another look where the first was late: RDS uploads every five minutes, the first can come just before.

    The making of an instance lies between the two, which takes longer than an upload.
    """
    if asked.point_in_time is None or record["point_in_time"]["met"]:
        return {}
    before = record["point_in_time"]["minutes"]
    return {"point_in_time": {**asked.point_in_time.measure(), "before": before}}


def _measured(done: Restoration) -> dict[str, Any]:
    kept = ("rows", "plain_bytes", "size_bytes", "restore_seconds", "verify_seconds")
    return {
        **{name: value for name, value in asdict(done).items() if name in kept},
        "megabytes_per_second": round(done.plain_bytes / 1e6 / max(done.restore_seconds, 0.001), 2),
        "peak_memory_mb": round(_peak_bytes() / 1e6, 1),
    }


def _peak_bytes() -> int:
    """The most memory this program has held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux's getrusage also counts what the process held before it became this program.
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


@contextmanager
def _somewhere(settings: Settings, asked: Drill, database_bytes: int) -> Iterator[Connection]:
    if asked.plan is None:
        yield settings.database
        return
    with instance(asked.plan.sized(database_bytes), settings.tls) as made:
        yield made


@contextmanager
def _gone_afterwards(place: Connection, name: str) -> Iterator[None]:
    try:
        yield
    finally:
        Server(place).drop(name)


def _write(settings: Settings, asked: Drill, record: Mapping[str, Any]) -> None:
    """An auditor reads these: one object per drill, which says in its name whether it passed."""
    verdict = "passed" if record["passed"] else "failed"
    body = json.dumps(record, indent=2) + "\n"
    Store(asked.records).put(f"{settings.name}/{record['drill']}-{verdict}.json", body.encode())
    log.info("the drill is on record", **record)
    passed = 1 if record["passed"] else 0
    log.metrics(settings.name, {"DrillPassed": (passed, "Count")})


def _elapsed_hours(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 3600


def _hours(environ: Mapping[str, str], name: str) -> float:
    try:
        return float(environ.get(name, ""))
    except ValueError:
        raise must(name, "a number of hours", environ.get(name)) from None


def _time(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text) if text else datetime.fromtimestamp(time.time(), UTC)
    except ValueError:
        raise must("DRILL_STARTED", "a time with its zone", text) from None


def _plan(environ: Mapping[str, str]) -> Plan | None:
    """The instance as JSON; references to other stacks come beside it, since text can't hold them."""
    if not environ.get("DRILL_INSTANCE"):
        return None
    try:
        told = dict(json.loads(environ["DRILL_INSTANCE"]))
        told["DBSubnetGroupName"] = environ["DRILL_SUBNET_GROUP"]
        told["VpcSecurityGroupIds"] = [environ["DRILL_SECURITY_GROUP"]]
    except (ValueError, KeyError, TypeError):
        need = "what CreateDBInstance is told, with DRILL_SUBNET_GROUP and DRILL_SECURITY_GROUP beside it"
        raise must("DRILL_INSTANCE", need) from None
    return Plan(parameters=told)
