"""Look-ups of organizations per second, and how long the slowest of a hundred takes."""

import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import redis as redis_client

from bench.process import MeasurementError
from bench.section import Section
from emulator.testing import free_port
from ops.drills.check import CannotRunError
from ops.drills.servers import redis
from ops.workspace import Workspace
from routing.answer import Answer
from routing.entry import Entry
from routing.kept import MOST_IN_MEMORY
from routing.lookup import Lookup
from routing.table import Table

TITLE = "Look-ups of organizations"
PREFIX = "routing:"
ORGANIZATIONS = MOST_IN_MEMORY + 2000
"""More than memory keeps, asked for in turn: each is found in Redis and nowhere nearer."""


class Timed(NamedTuple):
    """What one round took."""

    per_second: float
    p50_ms: float
    p99_ms: float


class _NoTable:
    """A table that must not be asked."""

    def get_item(self, **_: Any) -> Any:
        """Fail: every answer is in a cache."""
        raise MeasurementError("a look-up went to the table")

    put_item = delete_item = transact_write_items = get_item


def measure(workspace: Workspace, rounds: int, say: Callable[[str], None]) -> list[Section]:
    """Look up from memory and from a Redis server on loopback, in one thread.

    Raises:
        MeasurementError: there is no Redis server here, or an answer was not in the cache.
    """
    names = [f"org_{number}" for number in range(ORGANIZATIONS)]
    with _server(workspace, say) as client:
        _fill(client, names)
        found: dict[str, list[Timed]] = {"from memory": [], "from Redis": []}
        for number in range(rounds):
            say(f"look-ups, round {number + 1} of {rounds}")
            lookup = Lookup(Table(_NoTable(), "none"), client, prefix=PREFIX)
            found["from Redis"].append(timed(lookup, names))
            found["from memory"].append(timed(lookup, names[-1000:] * 20))
    return [section(found, rounds)]


def section(found: dict[str, list[Timed]], rounds: int) -> Section:
    """The table."""
    return Section(
        title=TITLE,
        meaning=f"One thread of one process, {rounds} rounds: medians of the rounds. Redis is a real server "
        "on loopback, so the network between a service and its cache comes on top. The table is not asked.",
        header=["Answers", "per second", "p50, ms", "p99, ms"],
        rows=[
            [
                name,
                f"{statistics.median(one.per_second for one in runs):,.0f}".replace(",", " "),
                f"{statistics.median(one.p50_ms for one in runs):.3f}",
                f"{statistics.median(one.p99_ms for one in runs):.3f}",
            ]
            for name, runs in found.items()
        ],
    )


def timed(lookup: Lookup, names: Sequence[str]) -> Timed:
    """Look every name up, once each."""
    took = []
    began = time.perf_counter()
    for name in names:
        start = time.perf_counter()
        lookup.find(name)
        took.append(time.perf_counter() - start)
    whole = time.perf_counter() - began
    cuts = statistics.quantiles(took, n=100)
    return Timed(len(took) / whole, cuts[49] * 1000, cuts[98] * 1000)


def _fill(client: Any, names: Sequence[str]) -> None:
    # Never too old, however long the rounds take.
    now = time.time()
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            entry = Entry(name, "eu", "1", "shared", "active", "EU", "api-eu-1.x.example")
            pipe.set(PREFIX + name, Answer(entry, now).to_text())
        pipe.execute()


@contextmanager
def _server(workspace: Workspace, say: Callable[[str], None]) -> Iterator[Any]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        try:
            process = redis.start(redis.find(workspace, say), port, Path(folder))
        except CannotRunError as error:
            raise MeasurementError(str(error)) from None
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                if process.poll() is not None:
                    raise MeasurementError("the Redis server did not start")
                time.sleep(0.01)
            yield redis_client.Redis(port=port, socket_timeout=1)
        finally:
            process.terminate()
            process.wait(timeout=10)
