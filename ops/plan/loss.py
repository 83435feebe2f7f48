"""What is lost with a resource, decided by its policies, and said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ops.plan import data
from ops.plan.expiry import expiring
from ops.plan.side import Resource, Side
from ops.plan.stamp import Stamp
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address

Fate = Literal["destroyed", "in a snapshot", "left behind"]
"""Gone for good; in a snapshot that somebody must restore; or still there, where nothing looks for it."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Data that is not where it is used any more."""

    change: Change
    what: str
    fate: Fate
    certain: bool
    words: str
    """One sentence for somebody who decides."""

    @property
    def address(self) -> Address:
        """The resource that held it."""
        return self.change.address


def losses(changes: Mapping[Address, Change], before: Side, after: Side) -> Iterator[Loss]:
    """Every loss of the step, in the order of the stacks."""
    for where in sorted(changes):
        change = changes[where]
        if change.before is None:
            continue
        found = _loss(change, before, after)
        if found is not None and where.stack in before.stamped:
            yield replace(found, what=f"{found.what}, of {where.stack}")
        elif found is not None:
            yield found


def _loss(change: Change, before: Side, after: Side) -> Loss | None:
    one = change.resource
    kept = data.data_of(one)
    if kept is None:
        return None
    if change.verdict in (Verdict.MAY_REPLACE, Verdict.REPLACES):
        return _replaced(change, one, kept)
    if change.verdict >= Verdict.DELETES:
        leaves = change.address.stack not in after.stacks
        return _taken_out(change, one, kept, before if leaves else None)
    what = expiring(one, change)
    if what is None:
        return None
    return Loss(change, what, "destroyed", False, f"{one.path} stays, and AWS deletes {what}")


def _replaced(change: Change, one: Resource, kept: data.Data) -> Loss | None:
    certain = change.verdict == Verdict.REPLACES
    fate = "left behind" if data.is_protected(one.properties) else _fate(data.replace_policy(one), one.type)
    if kept.records and fate == "left behind":
        return None
    would = "is made anew, and empty" if certain else "may be made anew, and empty"
    if _restores(change):
        would = would.replace("and empty", "from a snapshot: all that was written since is missing")
    end = {
        "destroyed": "the old one is deleted with all it holds",
        "in a snapshot": "what the old one holds is only in a last snapshot, which nobody restores by itself",
        "left behind": "the old one stays, outside CloudFormation, and nothing uses it any more",
    }[fate]
    return Loss(change, kept.what, fate, certain, f"{one.path} {would}; {end}")


def _restores(change: Change) -> bool:
    names = ("DBSnapshotIdentifier", "SnapshotIdentifier", "SnapshotName", "SnapshotId")
    return any(change.latest.properties.get(name) for name in names)


def _taken_out(change: Change, one: Resource, kept: data.Data, gone: Side | None) -> Loss | None:
    if gone is not None:
        return _left_in_its_stack(change, one, kept, gone)
    fate = _fate(data.deletion_policy(one), one.type)
    if fate != "left behind" and data.is_protected(one.properties):
        fate, end = "left behind", "its own protection keeps AWS from deleting it, so it is left behind"
    else:
        end = {
            "destroyed": "it is deleted with all it holds",
            "in a snapshot": "it is deleted, and what it holds is only in a last snapshot",
            "left behind": "it stays where it is, outside CloudFormation",
        }[fate]
    if kept.records and fate == "left behind":
        return None
    return Loss(change, kept.what, fate, True, f"{one.path} is taken out: {end}{_instead(change)}")


def _left_in_its_stack(change: Change, one: Resource, kept: data.Data, gone: Side) -> Loss | None:
    if kept.records:
        return None
    stack = gone.stacks[change.address.stack]
    if stack.stamp is not None:
        return Loss(change, kept.what, "left behind", True, _left_with_the_tenant(one, stack.stamp))
    guard = "is protected against it" if stack.protected else "is not protected against it"
    fate = {
        "destroyed": "and would take it along",
        "in a snapshot": "and would leave a snapshot of it",
        "left behind": "and would leave it",
    }[_fate(data.deletion_policy(one), one.type)]
    words = (
        f"{one.path} stays in {stack.name}, a stack that is no longer deployed; deleting that stack "
        f"(it {guard}) comes next, {fate}{_instead(change)}"
    )
    return Loss(change, kept.what, "left behind", True, words)


def _left_with_the_tenant(one: Resource, stamp: Stamp) -> str:
    return (
        f"{one.path} stays in the stack of each tenant; what changes or deletes these stacks is in "
        f"{stamp.stack}, and when that goes nothing can"
    )


def _instead(change: Change) -> str:
    if change.became is None:
        return ""
    where = change.became
    place = (
        where.logical_id if where.stack == change.address.stack else f"{where.logical_id} of {where.stack}"
    )
    return f". {place} looks like the same thing and begins empty"


def _fate(policy: str, type_name: str) -> Fate:
    if policy in data.KEEPS:
        return "left behind"
    return "in a snapshot" if policy == "Snapshot" and type_name in data.SNAPSHOTS else "destroyed"
