"""What a database holds, held against what clients were told."""

from collections import Counter
from collections.abc import Iterable

from ops.drills.moving_clients import Client
from ops.drills.moving_ground import Site

_PATIENTS = (
    "SELECT p.id, p.name, p.change, (SELECT count(*) FROM visit v WHERE v.tenant_id = p.tenant_id"
    " AND v.patient = p.id) FROM patient p WHERE p.tenant_id = %s AND p.client = %s"
)
_OTHERS = (
    "SELECT (SELECT count(*) FROM note WHERE tenant_id <> %(tenant)s)"
    " + (SELECT count(*) FROM patient WHERE tenant_id <> %(tenant)s)"
    " + (SELECT count(*) FROM visit WHERE tenant_id <> %(tenant)s)"
    " + (SELECT count(*) FROM tenant WHERE id <> %(tenant)s)"
)
_NOTES = "SELECT id, body, answers FROM note WHERE tenant_id = %s AND body LIKE %s"


def judge(site: Site, crowd: Iterable[Client]) -> Counter[str]:
    """Count rows that are lost, twice there, changed, or there though they were never acknowledged."""
    found: Counter[str] = Counter()
    with site.admin() as admin:
        for client in crowd:
            patients = admin.execute(_PATIENTS, [client.tenant, client.number]).fetchall()
            told: set[tuple[object, ...]] = {
                (key, one.name, one.change, one.visits) for key, one in client.book.patients.items()
            }
            _count(found, told, patients)
            notes = admin.execute(_NOTES, [client.tenant, f"client {client.number} %"]).fetchall()
            _count(found, {(key, *said) for key, said in client.book.notes.items()}, notes)
    return found


def _count(found: Counter[str], told: set[tuple[object, ...]], rows: list[tuple[object, ...]]) -> None:
    keys = Counter(row[0] for row in rows)
    known = {one[0] for one in told}
    found["rows"] += len(rows)
    found["duplicated"] += sum(count - 1 for count in keys.values())
    found["lost"] += len(known - keys.keys())
    found["never acknowledged"] += len(keys.keys() - known)
    found["changed"] += len({row for row in rows if row[0] in known} - told)


def rows_of_others(site: Site, tenant: str) -> int:
    """Rows that are not this tenant's."""
    with site.admin() as admin:
        found = admin.execute(_OTHERS, {"tenant": tenant}).fetchone()
    return int((found or (-1,))[0])
