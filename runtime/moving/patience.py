"""Takes a lock on a table without keeping others waiting."""

import random
import time
from collections.abc import Callable

import psycopg

from moving.failure import BusyError
from moving.place import Place
from moving.table import Table

LOCK_MILLISECONDS = 250
PAUSE_SECONDS = 0.5
_BLOCKERS = (
    "SELECT count(*), coalesce(max(extract(epoch FROM now() - a.xact_start))::int, 0) FROM pg_locks l"
    " JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.relation = %s AND l.granted AND a.pid <> pg_backend_pid()"
)


def patiently(place: Place, table: Table, work: Callable[[], None], deadline: float) -> None:
    """Do something that needs a lock on a table, and never keep others waiting for long.

    Raises:
        BusyError: somebody held the table all the time.
    """
    while True:
        try:
            with place.session.transaction():
                place.set_local("lock_timeout", str(LOCK_MILLISECONDS))
                work()
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if time.monotonic() > deadline:
                raise _busy(place, table) from None
            time.sleep(PAUSE_SECONDS * random.uniform(1, 2))  # noqa: S311 - keeps runs apart


def _busy(place: Place, table: Table) -> BusyError:
    count, oldest = place.session.execute(_BLOCKERS, [table.oid]).fetchone() or (0, 0)
    return BusyError(
        f"{table.name} of {place.where} could not be locked in time: {count} sessions hold it, the oldest "
        f"transaction for {oldest} s; end it or wait, and run this again"
    )
