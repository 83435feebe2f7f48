"""Sequences that feed columns: the target's go on after every value that came along.

A column may have more than what its sequence gave, such as ``'INV-' || nextval('invoices')`` in a text: there
the sequence alone tells how far it is. Values of a number's own count too, as long as the sequence can give
them one day.
"""

import time
from functools import partial

from psycopg import sql

from moving.patience import patiently
from moving.place import Place
from moving.table import Column, Table
from moving.tables import Schema

_STATE = "SELECT last_value, is_called FROM {}"
_LAST = "SELECT seqmax FROM pg_sequence WHERE seqrelid = %s::regclass"
_NUMBERS = ("int2", "int4", "int8", "numeric")
"""Types that are compared with what a sequence gave."""


def go_on(source: Place, target: Place, schema: Schema, target_schema: Schema, *, seconds: float) -> int:
    """Bring each sequence of the target to where the source's is, or leave it where it is further.

    Other tenants may draw from it meanwhile: it is locked for that moment, as a table is for the fence.

    Returns:
        How many were moved on.
    """
    deadline, moved = time.monotonic() + seconds, 0
    twins = {table.name: table for table in target_schema.ordered}
    for table in schema.ordered:
        for column in table.columns:
            twin = twins[table.name]
            other = twin.column(column.name).sequence
            if column.sequence and other:
                wanted = _reached(
                    source, column.sequence, _largest(source, table, column, _last(target, other))
                )
                here = _reached(target, other, None)
                if wanted is not None and (here is None or here < wanted):
                    moved += 1
                    patiently(target, twin, partial(_move, target, other, wanted), deadline)
    return moved


def _last(place: Place, sequence: str) -> int:
    """The last value that it can ever give."""
    return int((place.session.execute(_LAST, [sequence]).fetchone() or (0,))[0])


def _largest(place: Place, table: Table, column: Column, last: int) -> int | None:
    """The largest number of this tenant up to ``last``; None where there is none, or the column is no number.

    Rows may have been written with values of their own.
    """
    # Elements of an array have the type that is asked for, and are nothing that a sequence gives by itself.
    if column.base not in _NUMBERS or column.type.endswith("[]"):
        return None
    # What no sequence reaches collides with nothing, NaN and Infinity included: they are the largest numbers.
    query = sql.SQL("SELECT max({0}) FROM {1} WHERE {0} BETWEEN {2} AND {3}").format(
        sql.Identifier(column.name), table.identifier, sql.Literal(-last), sql.Literal(last)
    )
    with place.as_tenant(snapshot=True) as session:
        value = (session.execute(query).fetchone() or (None,))[0]
    return None if value is None else int(value)


def _reached(place: Place, sequence: str, largest: int | None) -> int | None:
    """The last value that was given out; None before the first."""
    value, called = place.session.execute(sql.SQL(_STATE).format(sql.SQL(sequence))).fetchone() or (0, False)
    given = [int(value)] if called else []
    return max(given if largest is None else [*given, largest], default=None)


def _move(target: Place, sequence: str, wanted: int) -> None:
    name = sql.SQL(sequence)
    # Changes nothing, and holds off everybody who draws from it until this transaction ends.
    step = target.session.execute(
        "SELECT seqincrement FROM pg_sequence WHERE seqrelid = %s::regclass", [sequence]
    ).fetchone()
    target.session.execute(
        sql.SQL("ALTER SEQUENCE {} INCREMENT BY {}").format(name, sql.Literal((step or (1,))[0]))
    )
    value, _ = target.session.execute(sql.SQL(_STATE).format(name)).fetchone() or (0, False)
    if value < wanted:
        target.session.execute("SELECT setval(%s::regclass, %s, true)", [sequence, wanted])
