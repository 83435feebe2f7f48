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
from moving.tables import Table

_COUNTS = (
    "SELECT coalesce(pg_partition_root(s.relid), s.relid)::oid, s.schemaname || '.' || s.relname,"
    " s.n_tup_ins, s.n_tup_upd, s.n_tup_del FROM pg_stat_xact_user_tables s"
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
        self._tables = {table.oid: table for table in tables}
        self._meant: dict[int, Counter[str]] = {oid: Counter() for oid in self._tables}

    def inserted(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.oid]["ins"] += count

    def updated(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.oid]["upd"] += count

    def deleted(self, table: Table, count: int) -> None:
        """So many rows were."""
        self._meant[table.oid]["del"] += count

    def __enter__(self) -> Self:
        # The server adds up what a session wrote, and forgets it some time after a transaction.
        self._before, _ = self._counted()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._compare()

    def _counted(self) -> tuple[dict[int, Counter[str]], dict[int, str]]:
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        names: dict[int, str] = {}
        for root, name, inserted, updated, deleted in self._session.execute(_COUNTS):
            names[root] = name
            counts[root].update({"ins": inserted, "upd": updated, "del": deleted})
        return counts, names

    def _compare(self) -> None:
        found, names = self._counted()
        for oid, really in found.items():
            really.subtract(self._before.get(oid, Counter()))
        for oid in self._meant.keys() | found.keys():
            table = self._tables.get(oid)
            partitioned = table is not None and table.kind == "p"
            meant, really = self._meant.get(oid, Counter()), found.get(oid, Counter())
            if _net(meant, partitioned) != _net(really, partitioned):
                raise DifferenceError(
                    f"writing this tenant's rows would have changed others in {names.get(oid, oid)} as well "
                    "(a trigger does that, or a foreign key that cascades): nothing was written"
                )


def _net(counts: Counter[str], partitioned: bool) -> tuple[int, int, int]:
    """An update that moves a row to another partition is counted as a deletion and an insertion."""
    if partitioned:
        return counts["ins"] - counts["del"], 0, 0
    return counts["ins"], counts["upd"], counts["del"]
