"""Dump and restore through our program and S3, beside ``pg_dump | pg_restore`` on the same machine."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.process import MeasurementError
from bench.section import Section
from ops.drills.check import CannotRunError
from ops.drills.restoring import DATABASE, MEMORY_MB, RUNTIME, fill, lay_out, start_s3, told
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.postgres import Postgres

TITLE = "Backups of a database"
VERSION = "18.0"
SIZES_MB, QUICK_SIZES_MB = (100, 1000), (20, 100)
LEAST_RATIO = 0.8
FLAT_MB = 40
"""Peak memory may differ by so much between the sizes: one part of an upload more or less."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One size: seconds of each way, and peak memory of our program."""

    megabytes: int
    piped: float
    dump: float
    restore: float
    dump_peak_mb: float
    restore_peak_mb: float

    @property
    def ratios(self) -> tuple[float, float]:
        """Our speed beside the pipe's, in either direction."""
        return self.piped / self.dump, self.piped / self.restore

    @property
    def in_a_row(self) -> float:
        """Speed of a dump and then its restore beside the pipe, which does both at once."""
        return self.piped / (self.dump + self.restore)


def measure(rounds: int, say: Callable[[str], None], *, quick: bool) -> list[Section]:
    """Measure every size.

    Raises:
        MeasurementError: a program failed.
    """
    try:
        found = [_size(size, rounds, say) for size in (QUICK_SIZES_MB if quick else SIZES_MB)]
    except (CannotRunError, RuntimeError) as error:
        raise MeasurementError(str(error)) from None
    return [section(found, rounds)]


def section(found: Sequence[Round], rounds: int) -> Section:
    """The table, with a flaw when a promise is not kept."""
    return Section(
        title=TITLE,
        meaning="Megabytes of database per second, median of "
        f"{rounds} rounds in which each way ran once after the other: `pg_dump | pg_restore` alone from one "
        "server to another, and our program's two halves, through AES-256-GCM and multipart uploads to an S3 "
        "beside them, which takes its share of the cores. A restore counts rows and compares them too. "
        "The last ratio is that of a dump and then a restore, where the pipe does both at once. "
        f"Promised, for the largest: {LEAST_RATIO} of the pipe's speed each, below {MEMORY_MB} MB, flat.",
        header=[
            *("Database", "pipe", "dump", "restore"),
            *("dump / pipe", "restore / pipe", "dump + restore / pipe", "peak MB"),
        ],
        rows=[
            [
                f"{one.megabytes} MB",
                *(f"{one.megabytes / seconds:.1f}" for seconds in (one.piped, one.dump, one.restore)),
                *(f"{ratio:.2f}" for ratio in (*one.ratios, one.in_a_row)),
                f"{one.dump_peak_mb:.0f} and {one.restore_peak_mb:.0f}",
            ]
            for one in found
        ],
        flaw=_flaw(found),
    )


def _flaw(found: Sequence[Round]) -> str | None:
    # Of the largest: starting a program takes a second, which is much of what a small database takes.
    slow = min(found[-1].ratios)
    peaks = [peak for one in found for peak in (one.dump_peak_mb, one.restore_peak_mb)]
    grown = max(
        found[-1].dump_peak_mb - found[0].dump_peak_mb, found[-1].restore_peak_mb - found[0].restore_peak_mb
    )
    if slow < LEAST_RATIO:
        return f"{slow:.2f} of the speed of pg_dump | pg_restore is less than {LEAST_RATIO}"
    if max(peaks) > MEMORY_MB or grown > FLAT_MB:
        return f"peak memory is {max(peaks):.0f} MB and grew by {grown:.0f} MB with the size"
    return None


def _size(megabytes: int, rounds: int, say: Callable[[str], None]) -> Round:
    with Lifetime() as lifetime:
        source, fresh = (Postgres(lifetime, name, version=VERSION, parameters={}) for name in ("from", "to"))
        source.start()
        fresh.start()
        with fresh.admin() as admin:
            admin.execute("CREATE ROLE clerk")
        url, layout = start_s3(lifetime), lay_out(lifetime)
        say(f"making a database of {megabytes} MB")
        fill(source, megabytes)
        measured = []
        for number in range(rounds):
            say(f"{megabytes} MB, round {number + 1} of {rounds}")
            piped = _pipe(source, fresh)
            dump, dump_peak = _ours(["dump"], told(source, url, layout))
            there = {**told(fresh, url, layout), "PGDATABASE": "postgres"}
            restore, restore_peak = _ours(["restore", "--into", "ours"], there)
            _drop(fresh, "ours")
            measured.append((piped, dump, restore, dump_peak, restore_peak))
    medians = [statistics.median(values) for values in zip(*measured, strict=True)]
    return Round(
        megabytes=megabytes,
        piped=medians[0],
        dump=medians[1],
        restore=medians[2],
        dump_peak_mb=medians[3],
        restore_peak_mb=medians[4],
    )


def _pipe(source: Postgres, fresh: Postgres) -> float:
    with fresh.admin() as admin:
        admin.execute("CREATE DATABASE piped")
    began = time.monotonic()
    dumping = subprocess.Popen(
        [str(source.programs / "pg_dump"), "--format=custom", _to(source, DATABASE)],
        stdout=subprocess.PIPE,
        env=_login(source),
    )
    restored = subprocess.run(
        [str(fresh.programs / "pg_restore"), "--exit-on-error", f"--dbname={_to(fresh, 'piped')}"],
        stdin=dumping.stdout,
        env=_login(fresh),
        check=False,
    )
    seconds = time.monotonic() - began
    if dumping.wait() or restored.returncode:
        raise MeasurementError("pg_dump | pg_restore failed")
    _drop(fresh, "piped")
    return seconds


def _ours(words: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "database", *words],
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(RUNTIME), **environment},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101 - narrows the type
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise MeasurementError(f"{words[0]} failed: {said[-500:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.monotonic() - began, usage.ru_maxrss * unit / 1e6


def _to(server: Postgres, database: str) -> str:
    return f"host={server.socket_folder} port={server.port} user={server.superuser[0]} dbname={database}"


def _login(server: Postgres) -> dict[str, str]:
    # A password of a server that ends with the measurement.
    return {"PATH": os.environ.get("PATH", os.defpath), "PGPASSWORD": server.superuser[1]}


def _drop(server: Postgres, database: str) -> None:
    with server.admin() as admin:
        admin.execute(f'DROP DATABASE "{database}"'.encode())
