"""What AWS or CloudFormation refuses: the deploy stops and goes back, and nothing is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ops.plan.cascade import Cascade
from ops.plan.classification import SERVICE_TOKEN
from ops.plan.identity import name_of
from ops.plan.schema import is_custom
from ops.plan.side import Resource
from ops.plan.value import links, spoken
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address

Rule = Callable[[Change], Iterator["Refusal"]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that does not go, and what to do instead."""

    address: Address
    what: str
    instead: str


def refused(change: Change, cascade: Cascade) -> Iterator[Refusal]:
    """Why a change of a resource that is there is refused, whatever else changes."""
    if change.before is not None and change.after is not None and change.before.type != change.after.type:
        yield Refusal(
            change.address,
            f"CloudFormation does not turn {change.before.type} into {change.after.type}",
            "give the new one another id",
        )
    if is_custom(change.resource.type) and any(one.subject == SERVICE_TOKEN for one in change.causes):
        yield Refusal(
            change.address,
            "CloudFormation refuses another function for a custom resource that exists",
            "keep the function's logical id, or give the custom resource another one",
        )
    yield from _fixed_name(change, cascade)
    yield from never_goes(change)


def never_goes(change: Change) -> Iterator[Refusal]:
    """Why AWS refuses new values of a resource, whatever else there is: storage never shrinks."""
    for rule in RULES:
        yield from rule(change)


def _fixed_name(change: Change, cascade: Cascade) -> Iterator[Refusal]:
    if change.verdict not in (Verdict.REPLACES, Verdict.MAY_REPLACE):
        return
    pair = cascade.pairs[change.address]
    was = name_of(pair.before, pair.was, "us-east-1")
    becomes = name_of(pair.after, pair.becomes, "us-east-1")
    followed = {cause.origin for cause in change.causes if cause.origin}
    if was is None or was != becomes or any(link.target in followed for part in was for link in links(part)):
        return
    may = "" if change.verdict == Verdict.REPLACES else " if it is replaced"
    yield Refusal(
        change.address,
        f"the new one would have the old one's fixed name {say(was)}, and is made first: refused{may}",
        "leave what replaces it as it was, or change the name in the same deploy",
    )


def _shrinks(type_name: str, name: str, words: str) -> Rule:
    def rule(change: Change) -> Iterator[Refusal]:
        if change.resource.type == type_name and name in change.touched:
            was, becomes = _number(change.before, name), _number(change.after, name)
            if was is not None and becomes is not None and becomes < was:
                yield Refusal(change.address, f"{words}: {was} to {becomes} GiB", f"keep {name} at {was}")

    return rule


def _older(type_name: str) -> Rule:
    def rule(change: Change) -> Iterator[Refusal]:
        if change.resource.type == type_name and "EngineVersion" in change.touched:
            was, becomes = _version(change.before), _version(change.after)
            if was and becomes and becomes < was:
                yield Refusal(
                    change.address,
                    "an engine does not go back to an older version",
                    "restore a snapshot instead",
                )

    return rule


VERSIONED = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::ElastiCache::ReplicationGroup")
RULES = (
    _shrinks("AWS::RDS::DBInstance", "AllocatedStorage", "storage of a database never shrinks"),
    _shrinks("AWS::EC2::Volume", "Size", "a volume never shrinks"),
    *(_older(type_name) for type_name in VERSIONED),
)
NEVER_SMALLER_OR_OLDER = frozenset({*VERSIONED, "AWS::EC2::Volume"})
"""Types that ``RULES`` are about."""


def say(name: tuple[Any, ...]) -> str:
    """A fixed name in one line."""
    return ", ".join(spoken(part) for part in name)


def _number(one: Resource | None, name: str) -> int | None:
    value = None if one is None else one.properties.get(name)
    return int(str(value)) if str(value).isdigit() else None


def _version(one: Resource | None) -> tuple[int, ...]:
    text = "" if one is None else str(one.properties.get("EngineVersion", ""))
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()
