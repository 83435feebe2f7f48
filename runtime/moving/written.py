"""Proof, within a transaction, that it wrote the rows it meant to write and no other row of any table.

A trigger that writes elsewhere, a foreign key that cascades or a rule would show: the server counts what a
transaction writes, whoever made it do so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from database.connection import Session
from database.failure import DifferenceError
from moving.table import Table

_COUNTS = (
    "SELECT n.nspname || '.' || c.relname, s.n_tup_ins, s.n_tup_upd, s.n_tup_del"
    " FROM pg_stat_xact_user_tables s"
    " JOIN pg_class c ON c.oid = coalesce(pg_partition_root(s.relid), s.relid)"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'cambium_moving'"
    " AND s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0"
)


class Written:
    """Counts what is meant to be written; leaving the block compares it with what was.

    Raises:
        DifferenceError: something else was written too; the transaction is rolled back.
    """

    def __init__(self, session: Session, tables: Iterable[Table]) -> None:
        self._session = session
        # By name: the tables may be those of the other database, where they have other numbers.
        self._tables = {table.name: table for table in tables}
        self._meant: dict[str, Counter[str]] = {name: Counter() for name in self._tables}

    def inserted(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.name]["ins"] += count

    def updated(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.name]["upd"] += count

    def deleted(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.name]["del"] += count

    def __enter__(self) -> Self:
        # The server adds up what a session wrote, and forgets it some time after a transaction.
        self._before = self._counted()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._compare()

    def _counted(self) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for name, inserted, updated, deleted in self._session.execute(_COUNTS):
            counts[name].update({"ins": inserted, "upd": updated, "del": deleted})
        return counts

    def _compare(self) -> None:
        found = self._counted()
        for name, really in found.items():
            really.subtract(self._before.get(name, Counter()))
        for name in sorted(self._meant.keys() | found.keys()):
            partitioned = name in self._tables and self._tables[name].kind == "p"
            meant, really = self._meant.get(name, Counter()), found.get(name, Counter())
            if _net(meant, partitioned) != _net(really, partitioned):
                raise DifferenceError(
                    f"writing this tenant's rows would have changed others in {name} as well "
                    "(a trigger does that, or a foreign key that cascades): nothing was written"
                )


def _net(counts: Counter[str], partitioned: bool) -> tuple[int, int, int]:
    """An update that moves a row to another partition is counted as a deletion and an insertion."""
    if partitioned:
        return counts["ins"] - counts["del"], 0, 0
    return counts["ins"], counts["upd"], counts["del"]
