"""While a dump runs: what others can see of it, and what is left when it is stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database import dump
from support.database_jobs import KEY, PASSWORD, Jobs, Site

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]
RUNTIME = Path(__file__).parents[3] / "runtime"


@contextmanager
def waiting(site: Site, jobs: Jobs) -> Iterator["tuple[subprocess.Popen[str], int]"]:
    """A dump that waits for a table somebody else has locked, and the process of its pg_dump."""
    environment = {**os.environ, **jobs.environment(site), "PYTHONPATH": str(RUNTIME)}
    with site.admin() as session, session.transaction():
        session.execute("LOCK TABLE visits IN ACCESS EXCLUSIVE MODE")
        program = subprocess.Popen(
            [sys.executable, "-m", "database", "dump"], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            yield program, _child(program.pid)
        finally:
            program.kill()
            program.wait()


def _child(parent: int) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text()
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent and b"pg_dump" in words.split(b"\0")[0]:
                return int(folder.name)
        time.sleep(0.02)
    raise AssertionError("no pg_dump was started")


def test_no_secret_is_where_other_processes_look(site: Site, jobs: Jobs) -> None:
    with waiting(site, jobs) as (program, child):
        seen = b"".join(
            (Path("/proc") / str(pid) / what).read_bytes()
            for pid, what in ((program.pid, "cmdline"), (child, "cmdline"), (child, "environ"))
        )

    assert b"pg_dump" in seen
    assert PASSWORD.encode() not in seen
    assert KEY.encode() not in seen


def test_one_that_is_asked_to_stop_leaves_nothing(site: Site, jobs: Jobs) -> None:
    with waiting(site, jobs) as (program, _child):
        assert jobs.unfinished, "its upload has begun"
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate(timeout=30)

    assert program.returncode == 1
    assert "asked to stop before it was done" in said
    assert (jobs.keys, jobs.unfinished) == ([], [])


def test_one_whose_pg_dump_is_killed_leaves_nothing(site: Site, jobs: Jobs) -> None:
    with waiting(site, jobs) as (program, child):
        os.kill(child, signal.SIGKILL)
        said, _ = program.communicate(timeout=30)

    assert program.returncode == 1
    assert "pg_dump on" in said
    assert PASSWORD not in said
    assert (jobs.keys, jobs.unfinished) == ([], [])


def test_counting_that_is_between_two_queries_is_ended_too(site: Site) -> None:
    with site.admin() as session, ThreadPoolExecutor(1) as beside:

        def count() -> Any:
            time.sleep(2 * dump.CANCEL_SECONDS)
            session.execute("SELECT pg_sleep(60)")

        began, counting = time.monotonic(), beside.submit(count)
        dump._give_up(session, counting)

        assert isinstance(counting.exception(), psycopg.errors.QueryCanceled)
        assert time.monotonic() - began < 30
