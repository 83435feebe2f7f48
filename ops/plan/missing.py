"""Resources that are on one side only: made, taken out, left behind, or written somewhere else."""

from collections.abc import Iterator

from ops.plan.data import HOLDS, KEEPS, deletion_policy
from ops.plan.identity import lookalikes
from ops.plan.side import Resource, Side
from ops.plan.verdict import Cause, Change, Verdict
from ops.reachability.templates import Address


def one_sided(before: Side, after: Side) -> Iterator[Change]:
    """What happens to each of them."""
    gone = [one for where, one in sorted(before.resources.items()) if where not in after.resources]
    new = [one for where, one in sorted(after.resources.items()) if where not in before.resources]
    # What holds data chooses first: of two that look alike, it matters for it.
    gone.sort(key=lambda one: (one.type not in HOLDS, one.address))
    became = _became(gone, new, {*before.stamped, *after.stamped})
    for one in gone:
        yield _gone(one, became.get(one.address), before, after)
    for one in new:
        yield Change(one.address, Verdict.CREATES, None, one, (Cause(Verdict.CREATES, "", "it is new"),))


def _became(gone: list[Resource], new: list[Resource], stamped: set[str]) -> dict[Address, Address]:
    """What each looks like now. Nothing of a tenant is ever anything outside of its stack."""
    found: dict[Address, Address] = {}
    for title in (None, *sorted(stamped)):
        mine = [[one for one in those if _title(one, stamped) == title] for those in (gone, new)]
        found |= {one.address: other.address for one, other in lookalikes(*mine)}
    return found


def _title(one: Resource, stamped: set[str]) -> str | None:
    return one.address.stack if one.address.stack in stamped else None


def _gone(one: Resource, became: Address | None, before: Side, after: Side) -> Change:
    verdict, why = _fate(one, became, before, after)
    return Change(one.address, verdict, one, None, (Cause(verdict, "", why),), became=became)


def _fate(one: Resource, became: Address | None, before: Side, after: Side) -> tuple[Verdict, str]:
    if became is not None and became.stack != one.address.stack:
        return Verdict.MOVES, f"it is written in {became.stack} now, where a second one is made"
    if one.address.stack in before.stamped and one.address.stack not in after.stacks:
        return Verdict.ORPHANS, "no template is published for it any more, and stacks of tenants stay"
    if one.address.stack not in after.stacks:
        return Verdict.ORPHANS, "its stack is no longer deployed, and nothing deletes a stack by itself"
    if deletion_policy(one) in KEEPS:
        return Verdict.ORPHANS, f"it is taken out, and its policy {deletion_policy(one)} keeps it"
    return Verdict.DELETES, "it is taken out"
