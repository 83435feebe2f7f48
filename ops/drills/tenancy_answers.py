"""What one client sees, for every way to be bound by a policy and every way not to be."""

from typing import NamedTuple

from ops.drills import clients
from ops.drills.check import Check, Kind, exactly
from ops.drills.ground import Ground
from ops.drills.servers.pooler import Pooler
from ops.drills.tenants import BYPASSER, ROWS, TENANTS, ask, set_local, tenant

ALL = TENANTS * ROWS
REFUSED = "error 42501, refused"
NO_UUID = "error 22P02, no uuid"
_WORDS = {"42501": REFUSED, "22P02": NO_UUID}
APPLICATION, OWNER = "application", "owner"


class Question(NamedTuple):
    """Who does what, and the answer that is expected."""

    what: str
    who: str
    statements: tuple[str, ...]
    expected: str
    kind: Kind = "promise"


def rows(number: int) -> str:
    """An answer that is a number of rows."""
    return f"{number} rows"


def _count(relation: str) -> str:
    return f"SELECT count(*) FROM {relation}"  # noqa: S608 - names from below


MINE = set_local(tenant(1))
EVERY = "SET LOCAL app.every_tenant = 'on'"
FOREIGN = f"INSERT INTO note (tenant_id, body) VALUES ('{tenant(2)}', 'x')"  # noqa: S608 - from below
MOVED = f"UPDATE note SET tenant_id = '{tenant(2)}'"  # noqa: S608
OWN = "INSERT INTO note (body) VALUES ('x')"

# The first is asked on a server connection nobody has used: there the setting is NULL, and later ''.
QUESTIONS = (
    Question("no tenant was ever set", APPLICATION, (_count("note"),), rows(0)),
    Question("own tenant, SET LOCAL", APPLICATION, (MINE, _count("note")), rows(ROWS)),
    Question(
        "own tenant, set_tenant()",
        APPLICATION,
        (f"SELECT set_tenant('{tenant(1)}')", _count("note")),
        rows(ROWS),
    ),
    Question("no tenant, after somebody else's transaction", APPLICATION, (_count("note"),), rows(0)),
    Question("empty tenant", APPLICATION, (set_local(""), _count("note")), rows(0)),
    Question("malformed tenant", APPLICATION, (set_local("tenant 1"), _count("note")), NO_UUID),
    Question("a tenant that does not exist", APPLICATION, (set_local(tenant(0)), _count("note")), rows(0)),
    Question("writes its own row", APPLICATION, (MINE, OWN), rows(1)),
    Question("writes another tenant's row", APPLICATION, (MINE, FOREIGN), REFUSED),
    Question("gives its rows to another tenant", APPLICATION, (MINE, MOVED), REFUSED),
    Question("deletes without a tenant", APPLICATION, ("DELETE FROM note",), rows(0)),
    Question("asks for every tenant", APPLICATION, (EVERY, _count("note")), rows(0)),
    Question("switches policies off", APPLICATION, ("SET LOCAL row_security = off", _count("note")), REFUSED),
    Question("truncates", APPLICATION, (MINE, "TRUNCATE note"), REFUSED),
    Question("becomes the owner", APPLICATION, ("SET LOCAL ROLE {owner}",), REFUSED),
    Question("reads a view with security_invoker", APPLICATION, (MINE, _count("recent_note")), rows(ROWS)),
    Question("owner, no tenant (FORCE)", OWNER, (_count("note"),), rows(0)),
    Question("owner, own tenant", OWNER, (MINE, _count("note")), rows(ROWS)),
    Question("owner asks for every tenant", OWNER, (EVERY, _count("note")), rows(ALL)),
    Question("owner without FORCE", OWNER, (_count("note_without_force"),), rows(ALL), "contrast"),
    Question("BYPASSRLS", BYPASSER, (_count("note"),), rows(ALL), "contrast"),
    Question(
        "view without security_invoker",
        APPLICATION,
        (MINE, _count("note_by_plain_view")),
        rows(ALL),
        "contrast",
    ),
    Question(
        "function with SECURITY DEFINER",
        APPLICATION,
        (MINE, _count("note_by_definer()")),
        rows(ALL),
        "contrast",
    ),
    Question(
        "materialized view",
        APPLICATION,
        (MINE, _count("note_by_materialized_view")),
        rows(ALL),
        "contrast",
    ),
    Question(
        "policy without nullif, no tenant, later",
        APPLICATION,
        (_count("note_without_nullif"),),
        NO_UUID,
        "contrast",
    ),
)


async def answers(ground: Ground, pooler: Pooler) -> list[Check]:
    """Ask every question through the pooler, in order; only who has no login there goes past it."""
    plan = ground.plan
    doors = {
        APPLICATION: ground.through(pooler, plan.application),
        OWNER: ground.through(pooler, plan.owner),
        BYPASSER: ground.direct(BYPASSER),
    }
    open_doors = {who: await clients.connect(door) for who, door in doors.items()}
    checks = []
    for question in QUESTIONS:
        statements = [one.replace("{owner}", plan.owner) for one in question.statements]
        got = await ask(open_doors[question.who], *statements)
        answer = _WORDS.get(got, f"error {got}") if isinstance(got, str) else rows(int(got[0][0]))
        checks.append(exactly(question.what, answer, question.expected, kind=question.kind))
    await clients.close_all(list(open_doors.values()))
    return checks
