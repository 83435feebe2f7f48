"""What was verified of one side, and whether it still holds that.

Migrations go on while an old copy is kept. What they add is no change of what was verified; what they take
away, or give another type, leaves nothing to compare.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moving.place import Place
from moving.rows import summary
from moving.table import Table
from moving.tables import Schema


def remembered(tables: Mapping[str, Mapping[str, Any]], schema: Schema) -> dict[str, Any]:
    """Rows and checksum of each table, and of which columns the checksum is."""
    return {table.name: {**tables[table.name], "columns": sorted(table.names)} for table in schema.ordered}


def added(schema: Schema, verified: Mapping[str, Any]) -> list[Table]:
    """Tables with this tenant's column that were not there then."""
    return [table for table in schema.ordered if table.name not in verified]


def changes(place: Place, schema: Schema, tenant: str, verified: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it was verified, a line each; a column or an empty table that came since is nothing."""
    tables = {table.name: table for table in schema.ordered}
    for name in sorted(verified.keys() - tables.keys()):
        yield f"{name} is gone"
    with place.seeing_all() as session:
        for table in schema.ordered:
            was = verified.get(table.name, {"rows": 0, "columns": []})
            if gone := sorted(set(was["columns"]) - set(table.names)):
                yield f"{table.name} has lost the column {gone[0]}"
                continue
            count, checksum = summary(session, schema, table, tenant, was["columns"] or None)
            if count != was["rows"]:
                yield f"{table.name} had {was['rows']} rows of this tenant and has {count}"
            elif was["columns"] and checksum != was["checksum"]:
                yield f"{table.name} has as many rows of this tenant, and other content"
