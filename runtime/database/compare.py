"""Whether two databases hold the same."""

from collections.abc import Iterator

from database.failure import DifferenceError
from database.manifest import Contents, Table

SHOWN = 10


def differences(expected: Contents, found: Contents) -> list[str]:
    """What differs, a line each."""
    return [*_schema(expected, found), *_tables(expected, found)]


def require_same(expected: Contents, found: Contents, where: str) -> None:
    """Refuse a database that holds something else.

    Raises:
        DifferenceError: says what differs.
    """
    lines = differences(expected, found)
    if lines:
        more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        raise DifferenceError(f"{where} differs from the backup: {'; '.join(lines[:SHOWN])}{more}")


def _schema(expected: Contents, found: Contents) -> Iterator[str]:
    if expected.columns != found.columns:
        yield "other columns"
    # Majors word the same definition differently.
    if expected.major == found.major and expected.definitions != found.definitions:
        yield "other constraints, indexes, views, routines, triggers or policies"
    if missing := sorted(expected.extensions.keys() - found.extensions.keys()):
        yield f"no extension {', '.join(missing)}"


def _tables(expected: Contents, found: Contents) -> Iterator[str]:
    for name in sorted(expected.tables.keys() | found.tables.keys()):
        was, now = expected.tables.get(name), found.tables.get(name)
        if was is None or now is None:
            yield f"{name} is {'new' if was is None else 'missing'}"
        else:
            yield from _table(name, was, now)


def _table(name: str, was: Table, now: Table) -> Iterator[str]:
    if was.rows != now.rows:
        yield f"{name} has {now.rows} rows instead of {was.rows}"
    elif was.newest != now.newest:
        yield f"{name} has other newest rows"
