"""What one deploy cannot do, or should not: becomes deploys in an order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ops.plan.cascade import Cascade
from ops.plan.data import is_replica
from ops.plan.resolution import Resolver
from ops.plan.side import Resource, Side
from ops.plan.value import links
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address

Kind = Literal["replicas go", "replicas come", "table regions", "table indexes", "forced consumers"]
LONG = frozenset({"DBInstanceClass", "AllocatedStorage", "EngineVersion", "StorageType", "Iops"})
"""Changes of a database after which it cannot be changed again for hours."""
Changes = Mapping[Address, Change]


@dataclass(frozen=True, slots=True)
class Split:
    """A part of the step that wants deploys of its own."""

    kind: Kind
    parts: tuple[str, ...]
    """What each further deploy is about: replicas, a region, an index, a stack."""
    why: str


def splits(changes: Changes, cascade: Cascade, before: Side, after: Side) -> Iterator[Split]:
    """Every part of its own, in the order in which they are deployed."""
    yield from _replicas_go(changes)
    yield from _replicas_come(changes, after)
    for where in sorted(cascade.pairs):
        yield from _table(changes[where])
    stale = tuple(sorted(_stale(changes, cascade, before, after)))
    if stale:
        yield Split(
            "forced consumers",
            stale,
            "they read a value of a replaced resource when they are deployed, and the CDK skips a stack "
            "whose template is the same",
        )


def _replicas_come(changes: Changes, after: Side) -> Iterator[Split]:
    resolver = Resolver(after)
    new = [
        change.after
        for change in changes.values()
        if change.verdict == Verdict.CREATES and change.after is not None and is_replica(change.after)
    ]
    late = [one for one in new if _source_is_busy(one, resolver, changes)]
    if late:
        yield Split(
            "replicas come",
            tuple(sorted(one.path for one in late)),
            "a replica that cannot be made would take the whole deploy back, and with it a primary that "
            "cannot be changed while its storage is optimised",
        )


def _source_is_busy(replica: Resource, resolver: Resolver, changes: Changes) -> bool:
    source = resolver.resolve(replica.address.stack, replica.properties.get("SourceDBInstanceIdentifier"))
    return any(changes[link.target].touched & LONG for link in links(source) if link.target in changes)


def _replicas_go(changes: Changes) -> Iterator[Split]:
    gone = [
        change.before.path
        for change in changes.values()
        if change.before is not None and is_replica(change.before) and change.verdict >= Verdict.DELETES
    ]
    if gone:
        yield Split(
            "replicas go",
            tuple(sorted(gone)),
            "services know a replica by its address only: told too late, their reads fail until they restart",
        )


def _table(change: Change) -> Iterator[Split]:
    if change.before is None or change.after is None:
        return
    if change.resource.type == "AWS::DynamoDB::GlobalTable" and "Replicas" in change.touched:
        regions = _changed(change, "Replicas", "Region")
        if len(regions) > 1:
            why = "CloudFormation takes one region of a global table in a deploy (aws-cdk issue 26563)"
            yield Split("table regions", regions, why)
    if change.resource.type in ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"):
        indexes = _changed(change, "GlobalSecondaryIndexes", "IndexName")
        if len(indexes) > 1:
            yield Split("table indexes", indexes, "DynamoDB makes or removes one index of a table at a time")


def _changed(change: Change, name: str, key: str) -> tuple[str, ...]:
    return tuple(sorted(_keys(change.resource, name, key) ^ _keys(change.latest, name, key)))


def _keys(one: Resource, name: str, key: str) -> set[str]:
    items: Any = one.properties.get(name)
    return (
        {str(item.get(key)) for item in items if isinstance(item, dict)} if isinstance(items, list) else set()
    )


def _stale(changes: Changes, cascade: Cascade, before: Side, after: Side) -> Iterator[str]:
    for where, pair in cascade.pairs.items():
        if where.stack in after.stamped:
            continue  # its machine gives it the value, as a parameter, with its next update
        if before.stacks[where.stack].template != after.stacks[where.stack].template:
            continue
        for link in links(pair.becomes):
            source = changes.get(link.target)
            moved = source is not None and source.verdict in (Verdict.MAY_REPLACE, Verdict.REPLACES)
            if moved and link.via != "its stack" and link.target.stack != where.stack:
                yield where.stack
