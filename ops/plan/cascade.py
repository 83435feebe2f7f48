"""Follows every change through references, inside a stack and across stacks, until nothing new follows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.plan.classification import Compared, causes
from ops.plan.difference import differing
from ops.plan.resolution import Resolver
from ops.plan.schema import is_custom, schema_of
from ops.plan.side import Resource, Side
from ops.plan.value import Link, links
from ops.plan.verdict import Change, Verdict, worst
from ops.reachability.templates import Address

COUNTERS = frozenset({"LatestVersionNumber", "DefaultVersionNumber", "CurrentVersion", "Version"})
"""Attributes that count the changes of their resource."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A resource that is on both sides, with its resolved properties."""

    before: Resource
    after: Resource
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]
    existence: tuple[Any, Any]


class Cascade:
    """The resources of both sides and what happens to each."""

    def __init__(self, before: Side, after: Side) -> None:
        self._region = after.region
        resolvers = Resolver(before), Resolver(after)
        self.pairs = {
            where: Pair(
                one,
                other,
                _resolved(resolvers[0], one),
                _resolved(resolvers[1], other),
                (_condition(resolvers[0], one), _condition(resolvers[1], other)),
            )
            for where, one in before.resources.items()
            if (other := after.resources.get(where)) is not None
        }
        self._users = self._who_uses_whom()

    def changes(self) -> dict[Address, Change]:
        """Each resource that is on both sides."""
        found: dict[Address, Change] = {}
        following: dict[Address, dict[Link, bool]] = defaultdict(dict)
        waiting = sorted(self.pairs)
        while waiting:
            where = waiting.pop()
            change = self._change(where, following[where])
            found[where] = change
            for user, link in self._users.get(where, ()):
                certain = _carried(link, change)
                if certain is not None and following[user].get(link) not in (True, certain):
                    following[user][link] = certain
                    waiting.append(user)
        return found

    def _change(self, where: Address, following: Mapping[Link, bool]) -> Change:
        pair = self.pairs[where]
        found = tuple(
            causes(
                Compared(
                    pair.before,
                    pair.after,
                    self._region(where),
                    pair.was,
                    pair.becomes,
                    dict(following),
                    pair.existence,
                )
            )
        )
        touched = differing(pair.was, pair.becomes)
        return Change(where, worst(found), pair.before, pair.after, found, touched)

    def _who_uses_whom(self) -> dict[Address, list[tuple[Address, Link]]]:
        users: dict[Address, list[tuple[Address, Link]]] = defaultdict(list)
        for where, pair in self.pairs.items():
            for link in dict.fromkeys(links(pair.becomes)):
                users[link.target].append((where, link))
        return users


def _resolved(resolver: Resolver, one: Resource) -> Mapping[str, Any]:
    resolved: Mapping[str, Any] = resolver.resolve(one.address.stack, dict(one.properties))
    return resolved


def _condition(resolver: Resolver, one: Resource) -> Any:
    name = one.body.get("Condition")
    return None if name is None else resolver.resolve(one.address.stack, {"Condition": name})


def _carried(link: Link, change: Change) -> bool | None:
    """Whether the change of a resource changes a value of it for certain; None when it does not."""
    if change.verdict == Verdict.MAY_REPLACE:
        return False
    if change.verdict == Verdict.REPLACES:
        return True
    if change.verdict in (Verdict.IN_PLACE, Verdict.INTERRUPTS):
        return _carried_in_place(link, change)
    return None


def _carried_in_place(link: Link, change: Change) -> bool | None:
    if is_custom(change.resource.type):
        # Its function may answer anything, another name for itself included.
        return False
    if not link.attribute:
        return None
    changed = {cause.subject.split(".")[0] for cause in change.causes}
    name = link.attribute.split(".")[0]
    if link.attribute in COUNTERS or (name in changed and not _set_by_aws(link, change)):
        return True
    return None


def _set_by_aws(link: Link, change: Change) -> bool:
    # The region does not matter: an attribute is one everywhere.
    schema = schema_of(change.resource.type, "us-east-1")
    return schema is not None and link.attribute in schema.read_only
