"""Protections that the step takes away: nothing is lost by that today."""

from collections.abc import Iterator, Mapping

from ops.plan import data
from ops.plan.side import Side
from ops.plan.verdict import Change
from ops.reachability.templates import Address


def weakened(changes: Mapping[Address, Change], before: Side, after: Side) -> Iterator[str]:
    """One sentence for each protection that is there before and not after."""
    for name, stack in before.stacks.items():
        other = after.stacks.get(name)
        if other is not None and stack.protected and not other.protected:
            yield f"{name}: the stack loses its protection against deletion"
    for where in sorted(changes):
        yield from _of_one(changes[where])


def _of_one(change: Change) -> Iterator[str]:
    one, other = change.before, change.after
    held = data.data_of(one) if one is not None else None
    if one is None or other is None or held is None:
        return
    for policy, meaning in (
        (data.deletion_policy, "being taken out of the template"),
        (data.replace_policy, "being replaced"),
    ):
        if policy(one) != "Delete" and policy(other) == "Delete":
            what = f"{held.what} would go with it"
            yield f"{change.address.stack}: {one.path} would no longer outlive {meaning}: {what}"
    if data.is_protected(one.properties) and not data.is_protected(other.properties):
        yield f"{change.address.stack}: {one.path} loses AWS's own protection against deletion"
