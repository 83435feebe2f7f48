"""The end of a fence in a database that a tenant left for good: its id may be used there again.

While a silo serves, the fence stays, whatever was cleared: somebody who kept an old route must not write
where nobody looks. This is for when that tenant was deleted. Only who asks can know, so it is never a part of
a move; it refuses as long as there are rows, an old copy that was not cleared, or a move that began.
"""

from typing import Any

from moving import record
from moving.failure import BusyError, RefusedError
from moving.fence import fenced_tables, lower_fence
from moving.place import Place
from moving.settings import Settings
from moving.tables import Schema
from moving.verify import digest


def lift(place: Place, settings: Settings) -> dict[str, Any]:
    """Drop the fence and forget the move; nothing is done where there is neither.

    Raises:
        RefusedError: the old copy was not cleared, there are rows, or other rows of this organization are
            on record.
        BusyError: a table could not be locked in time; run it again.
    """
    record.require_whose(place)
    schema, tenant = Schema.read(place.session, settings.column), settings.tenant
    known = record.find(place, tenant)
    if known is None and not fenced_tables(place, schema, tenant):
        record.require_only(place)
        return {"tables": 0}
    if known is not None and known.side == "source" and known.state != "cleared":
        found = f"it is {known.side}, {known.state}"
        raise RefusedError(f"{place.where} was not cleared of this tenant ({found}): run clear first")
    # A way back into this database that was taken back has deleted what it copied, and the record with it.
    held = sum(one["rows"] for one in digest(place, schema, tenant).values())
    if held:
        raise RefusedError(f"{place.where} holds {held} rows of this tenant: nothing was lifted")
    fenced = fenced_tables(place, schema, tenant)
    lower_fence(place, schema, tenant, seconds=settings.fence_seconds)
    if left := fenced_tables(place, schema, tenant):
        raise BusyError(f"{left[0]} of {place.where} is read all the time, and keeps a trigger: run it again")
    with place.session.transaction():
        record.forget(place.session, tenant)
    return {"tables": len(fenced)}
