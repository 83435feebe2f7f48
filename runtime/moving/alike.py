"""Whether two databases have the same tables, as far as a tenant's rows are concerned."""

from collections.abc import Iterator

from moving import catalog
from moving.place import Place
from moving.table import Table
from moving.tables import Schema, ask


def differences(source: Place, here: Schema, target: Place, there: Schema) -> Iterator[str]:
    """What differs, a line each, in names and not in content."""
    mine, theirs = ({table.name: table for table in one.ordered} for one in (here, there))
    for name in sorted(mine.keys() ^ theirs.keys()):
        yield f"{name} is in the {'source' if name in mine else 'target'} and not in the other database"
    # Majors word the same definition differently.
    exact = source.major == target.major
    ours, others = (_definitions(place, exact) for place in (source, target))
    for name in sorted(mine.keys() & theirs.keys()):
        was = {**_columns(mine[name]), **ours.get(mine[name].oid, {})}
        now = {**_columns(theirs[name]), **others.get(theirs[name].oid, {})}
        for what in sorted(was.keys() | now.keys()):
            if was.get(what) != now.get(what):
                yield (
                    f"{what} of {name} is {was.get(what) or 'missing'} in the source "
                    f"and {now.get(what) or 'missing'} in the target"
                )


def _columns(table: Table) -> dict[str, str]:
    found = {
        f"column {one.name}": " ".join(
            filter(
                None,
                [
                    one.type,
                    "NOT NULL" if one.not_null else "",
                    f"identity {one.identity}" if one.identity else "",
                    f"generated {one.default}" if one.generated else "",
                    f"of {one.labels}" if one.labels else "",
                    "from a sequence" if one.sequence else "",
                ],
            )
        )
        for one in table.columns
    }
    found["primary key"] = ", ".join(table.key)
    found["unique"] = "; ".join(sorted(", ".join(one) for one in table.unique))
    found["partitions"] = "; ".join(f"{name} {bounds}" for name, bounds, _ in sorted(table.partitions))
    return found


def _definitions(place: Place, exact: bool) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    if not exact:
        return found
    with place.session.transaction():
        place.set_local("search_path", "pg_catalog")
        for oid, name, definition in ask(place.session, catalog.CONSTRAINTS):
            found.setdefault(oid, {})[f"constraint {name}"] = definition
        for oid, definition in ask(place.session, catalog.INDEXES):
            found.setdefault(oid, {})[f"index {definition.split()[3]}"] = definition
        for oid, name, permissive, command, using, check, _ in ask(place.session, catalog.POLICIES):
            how = f"{'' if permissive else 'RESTRICTIVE '}{command} USING {using} CHECK {check}"
            found.setdefault(oid, {})[f"policy {name}"] = how
    return found
