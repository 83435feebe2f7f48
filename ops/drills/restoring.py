"""Does a backup come back, how fast, and how much would be lost? Dump, encrypt, store, restore, compare."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.recovery import RecoveryTargets
from emulator.client import session
from emulator.postgres.programs import majors, programs
from ops.drills.check import CannotRunError, Check, at_least, at_most, exactly
from ops.drills.ground import Say
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.ports import HOST, free_port
from ops.drills.servers.postgres import Postgres

MEGABYTES = 40
"""What is made, half of it text that does not compress."""
MEMORY_MB = 200
DAMAGED = 3
"""The program's exit code for a backup that is not whole."""
DATABASE, BUCKET, NAME = "shop", "drill-backups", "database-1"
START_SECONDS = 60
KEY = "d1" * 32
"""For backups that end with the drill."""
_ROWS_PER_MEGABYTE = 1000
_FILL = (
    "CREATE TABLE visits AS SELECT n AS id, now() - n * interval '1 second' AS at,"
    " repeat('note ', 90) AS note,"
    " (SELECT string_agg(md5(n::text || m), '') FROM generate_series(1, 14) m) AS scan"
    " FROM generate_series(1, {rows}) n;"
    " ALTER TABLE visits ADD PRIMARY KEY (id); CREATE INDEX ON visits (at);"
    " CREATE ROLE clerk; ALTER TABLE visits ENABLE ROW LEVEL SECURITY;"
    " CREATE POLICY recent ON visits TO clerk USING (id < 1000); GRANT SELECT ON visits TO clerk"
)
RUNTIME = Path(__file__).resolve().parents[2] / "runtime"


@dataclass(frozen=True)
class Ran:
    """One run of the program."""

    code: int
    lines: list[dict[str, Any]]

    def find(self, key: str) -> dict[str, Any]:
        """The last line that has this key; empty when none has."""
        return next((line for line in reversed(self.lines) if key in line), {})


def run(version: str, targets: RecoveryTargets, say: Say, *, megabytes: int = MEGABYTES) -> list[Check]:
    """Run the drill.

    Args:
        version: Of PostgreSQL, as the configuration pins it.
        targets: What was promised.
        say: Hears what goes on.
        megabytes: How much data is made.
    """
    with Lifetime() as lifetime:
        say("starting two PostgreSQL servers and an S3")
        source, fresh = (
            Postgres(lifetime, name, version=version, parameters={}) for name in ("source", "fresh")
        )
        source.start()
        fresh.start()
        url = start_s3(lifetime)
        say(f"making {megabytes} MB of data")
        rows = fill(source, megabytes)
        layout = lay_out(lifetime)
        say("dump")
        dumped = _run("dump", told(source, url, layout))
        say("restore on the other server")
        began = time.monotonic()
        hours = {"RESTORE": targets.restore_hours, "LOSS": targets.loss_hours}
        drilled = _run(
            "drill",
            {
                **told(fresh, url, layout),
                "DRILL_RECORDS": BUCKET,
                **{f"DRILL_{name}_HOURS": f"{value:g}" for name, value in hours.items()},
            },
        )
        seconds = time.monotonic() - began
        say("restore from a damaged object")
        _damage(url, str(dumped.find("id").get("id")))
        damaged = _run("restore", told(fresh, url, layout), "--into", "damaged")
        left = _databases(fresh)
    record = drilled.find("drill")
    return [
        exactly("dump: exit code", dumped.code, 0),
        exactly("restore into a fresh server, compared: exit code", drilled.code, 0),
        exactly("rows that came back", record.get("rows"), rows),
        at_most("recovery time (RTO), hours", seconds / 3600, targets.restore_hours),
        at_most(
            "age of the newest backup (RPO), hours",
            float(record.get("rpo", {}).get("hours", "inf")),
            targets.loss_hours,
        ),
        at_least("dump, MB/s", megabytes / max(float(dumped.find("id").get("seconds", 1e9)), 1e-3), 1),
        at_least("restore, MB/s", megabytes / max(float(record.get("restore_seconds", 1e9)), 1e-3), 1),
        at_most("peak memory of the program, MB", float(record.get("peak_memory_mb", "inf")), MEMORY_MB),
        exactly("restore of a damaged object: exit code", damaged.code, DAMAGED, kind="contrast"),
        exactly("databases left by both restores", left, 0),
    ]


def _run(job: str, told: Mapping[str, str], *words: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "database", job, *words],
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(RUNTIME), **told},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, [json.loads(one) for one in done.stdout.splitlines() if one.startswith("{")])


def told(server: Postgres, url: str, layout: Path) -> dict[str, str]:
    """The environment of the program."""
    user, password = server.superuser
    return {
        "BACKUP_BUCKET": BUCKET,
        "BACKUP_NAME": NAME,
        "BACKUP_ENCRYPTION_KEY": KEY,
        "PGHOST": str(server.socket_folder),
        "PGPORT": str(server.port),
        "PGDATABASE": DATABASE,
        "PGUSER": user,
        "PGPASSWORD": password,
        "PG_PROGRAMS": str(layout),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "drill",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def start_s3(lifetime: Lifetime) -> str:
    """Start an embedded AWS with a bucket; answer its endpoint."""
    port, folder = free_port(), lifetime.make_folder("aws")
    command = [sys.executable, "-m", "emulator", "--port", str(port), "--data", str(folder / "data")]
    started = lifetime.start(command, log=folder / "aws.log", unprivileged=False)
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                break
        if not started.alive or time.monotonic() > deadline:
            raise CannotRunError(f"the embedded AWS did not start: {started.said()}")
        time.sleep(0.05)
    url = f"http://{HOST}:{port}"
    _client(url).create_bucket(Bucket=BUCKET)
    return url


def _client(url: str) -> Any:
    return session("us-east-1", url=url).client("s3")


def fill(server: Postgres, megabytes: int) -> int:
    """Make a database with so much data; answer its rows."""
    rows = megabytes * _ROWS_PER_MEGABYTE
    with server.admin() as admin:
        admin.execute(f"CREATE DATABASE {DATABASE}".encode())
    with server.admin(DATABASE) as filled:
        filled.execute(_FILL.format(rows=rows).encode())
    return rows


def lay_out(lifetime: Lifetime) -> Path:
    """PostgreSQL's programs as Debian lays them out."""
    folder = lifetime.make_folder("programs")
    for major in map(str, majors()):
        (folder / major).symlink_to(programs(major).parent)
    return folder


def _damage(url: str, backup: str) -> None:
    place = {"Bucket": BUCKET, "Key": f"{NAME}/{backup}/database.dump.enc"}
    data = _client(url).get_object(**place)["Body"].read()
    half = len(data) // 2
    _client(url).put_object(**place, Body=data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :])


def _databases(server: Postgres) -> int:
    with server.admin() as admin:
        query = "SELECT count(*) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')"
        (found,) = admin.execute(query.encode()).fetchone() or (-1,)
    return int(found)
