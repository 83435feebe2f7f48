"""What is refused because something else uses it: subnets, names, exports, a database that is replicated."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ops.plan.cascade import Cascade
from ops.plan.data import data_of, is_replica
from ops.plan.identity import is_literal, name_of
from ops.plan.refusal import Refusal, say
from ops.plan.resolution import Resolver
from ops.plan.side import Side
from ops.plan.value import links
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address

Changes = Mapping[Address, Change]
STANDING_IN = {"AWS::RDS::DBSubnetGroup": "SubnetIds", "AWS::ElastiCache::SubnetGroup": "SubnetIds"}
"""What says in which subnets data stands."""


def in_use(changes: Changes, cascade: Cascade, before: Side, after: Side) -> Iterator[Refusal]:
    """Everything that something else holds back."""
    for where in sorted(cascade.pairs):
        yield from _subnets(changes[where], changes, cascade)
        yield from _replicas_behind(changes[where], cascade)
    yield from _names_taken(changes, before, after)
    yield from _exports_held(changes, cascade)


def _subnets(change: Change, changes: Changes, cascade: Cascade) -> Iterator[Refusal]:
    name = STANDING_IN.get(change.resource.type)
    if name is None or change.goes:
        return
    used = {link.target for link in links(cascade.pairs[change.address].was.get(name))}
    gone = sorted(one.logical_id for one in used if one in changes and changes[one].goes)
    if gone:
        yield Refusal(
            change.address,
            f"what holds data stands in {', '.join(gone)}, and AWS takes no subnet away under it",
            "add new subnets beside the old ones, and move what stands in them first",
        )


def _replicas_behind(change: Change, cascade: Cascade) -> Iterator[Refusal]:
    if "EngineVersion" not in change.touched or data_of(change.resource) is None:
        return
    behind = sorted(where.logical_id for where in _replicas_of(change.address, cascade))
    if behind:
        yield Refusal(
            change.address,
            f"the database would get its version before its replicas {', '.join(behind)}",
            "raise the version of each replica first, with aws rds modify-db-instance, then deploy",
        )


def _replicas_of(where: Address, cascade: Cascade) -> Iterator[Address]:
    for other, pair in cascade.pairs.items():
        if is_replica(pair.after) and any(
            link.target == where for link in links(pair.was.get("SourceDBInstanceIdentifier"))
        ):
            yield other


def _names_taken(changes: Changes, before: Side, after: Side) -> Iterator[Refusal]:
    """A new resource with a fixed name that another one has now."""
    taken = dict(_names(before))
    for key, where in _names(after):
        holder = taken.get(key)
        if changes[where].verdict == Verdict.CREATES and holder is not None:
            yield Refusal(
                where,
                f"its fixed name {key[3]} is taken by {holder.logical_id} of {holder.stack} while it is made",
                "keep the old id, or import the existing one: cdk deploy --import-existing-resources",
            )


def _names(side: Side) -> Iterator[tuple[tuple[str, str, str, str], Address]]:
    resolver = Resolver(side)
    for where, one in side.resources.items():
        stack = side.stacks[where.stack]
        name = name_of(one, resolver.resolve(where.stack, dict(one.properties)), stack.region)
        if name is not None and is_literal(name):
            yield (one.type, stack.account, stack.region, say(name)), where


def _exports_held(changes: Changes, cascade: Cascade) -> Iterator[Refusal]:
    """A value that another stack holds by an import cannot change, nor go."""
    held: dict[Address, set[str]] = defaultdict(set)
    for where, pair in cascade.pairs.items():
        for link in links(pair.was):
            if link.via == "an export" and link.target.stack != where.stack:
                held[link.target].add(where.stack)
    for target, stacks in sorted(held.items()):
        if target in changes and changes[target].verdict in GOING:
            yield Refusal(
                target,
                f"{', '.join(sorted(stacks))} imports its value, and CloudFormation changes no export in use",
                "make a second one beside it, lead the importing stack there, then take the first away",
            )


GOING = (Verdict.MAY_REPLACE, Verdict.REPLACES, Verdict.DELETES)
"""After these, what was exported is another value, or none."""
