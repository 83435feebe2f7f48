"""Deletes one tenant's rows, a few thousand at a time, children first, and nothing else."""

from psycopg import sql

from moving.place import Place
from moving.tables import Schema
from moving.written import Written

_BATCH = sql.SQL(" WHERE ctid = ANY(ARRAY(SELECT ctid FROM {} LIMIT 5000))")


def remove(place: Place, schema: Schema) -> int:
    """Delete them; return how many there were.

    Each batch is a transaction: what was deleted before a kill stays deleted, and the next run goes on.
    """
    count = 0
    for table in reversed(schema.ordered):
        # A row may refer to one of another batch: such a table is emptied at once,
        # and so is one with partitions, whose rows have no one address.
        at_once = table.kind == "p" or schema.refers_to_itself(table)
        statement = sql.SQL("DELETE FROM {}").format(table.identifier)
        if not at_once:
            statement += _BATCH.format(table.identifier)
        while True:
            with place.as_tenant() as session, Written(session, (table,)) as written:
                gone = session.execute(statement).rowcount
                written.deleted(table, gone)
            count += gone
            if gone == 0 or at_once:
                break
    return count
