"""How a plan is said to somebody who decides and does not read templates."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ops.outcome import ExitCode
from ops.plan.data import data_of
from ops.plan.prover import Plan
from ops.plan.runbook import Runbook
from ops.plan.side import Side
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address
from ops.report.wording import count

OUTCOMES = {
    ExitCode.OK: "safe",
    ExitCode.LOSES_DATA: "loses data",
    ExitCode.MAY_LOSE_DATA: "may lose data",
    ExitCode.REFUSED: "refused",
}
"""One or two words, for a table."""


def sentence(plan: Plan, book: Runbook) -> str:
    """The whole plan in one sentence."""
    if plan.outcome == ExitCode.OK and not plan.changes:
        return "nothing changes"
    deploys = count(len(book.deploys), "deploy")
    if book.waves:
        deploys += f", then a wave of changes of {', '.join(one.title.lower() for one in book.waves)}"
    if plan.outcome == ExitCode.OK:
        return f"safe: nothing that holds data is lost, moved or replaced; {deploys}"
    if plan.outcome == ExitCode.REFUSED:
        return f"refused by AWS, which would lose nothing: {count(len(plan.refusals), 'reason')} below"
    certain = [loss for loss in plan.losses if loss.certain]
    if certain:
        return f"loses data: {', '.join(dict.fromkeys(loss.what for loss in certain))}"
    return f"may lose data: {', '.join(dict.fromkeys(loss.what for loss in plan.losses))}"


def short(type_name: str) -> str:
    """A type without what all types begin with."""
    return type_name.removeprefix("AWS::").replace("::", " ")


def reason(change: Change) -> str:
    """Why, in one line: the causes that made the verdict, the property first."""
    decisive = [cause for cause in change.causes if cause.verdict == change.verdict]
    told = [f"{cause.subject}: {cause.why}" if cause.subject and cause.why else cause.subject or cause.why
            for cause in decisive]  # fmt: skip
    return "; ".join(dict.fromkeys(told))


def holding(plan: Plan) -> Iterator[tuple[Change, str]]:
    """Everything that holds data, what changes first; and what it holds."""
    held = [(change, data_of(change.resource)) for change in plan.resources.values()]
    for change, kept in sorted(
        ((one, kept) for one, kept in held if kept is not None),
        key=lambda pair: (-pair[0].verdict, pair[0].address),
    ):
        where = change.address.stack
        yield change, f"{kept.what}, of {where}" if plan.stack(where).stamp else kept.what


REVISIONS = {
    "AWS::ECS::TaskDefinition": "each change makes a new revision",
    "AWS::AppRunner::AutoScalingConfiguration": "each change makes a new revision",
    "AWS::Lambda::LayerVersion": "each change makes a new version",
    "AWS::Lambda::Version": "each change makes a new version",
    "AWS::Lambda::Permission": "made anew in no time",
    "AWS::EC2::SecurityGroupIngress": "the new rule comes before the old one goes",
    "AWS::EC2::SecurityGroupEgress": "the new rule comes before the old one goes",
}
"""Types that are made to be replaced, with what that means."""


def grouped(changes: Sequence[Change]) -> Iterator[tuple[Verdict, str]]:
    """The changes of one stack by what happens and by type, the worst first."""
    groups: dict[tuple[Verdict, str], list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.verdict, change.resource.type].append(change)
    for (verdict, type_name), group in sorted(groups.items(), key=lambda item: (-item[0][0], item[0][1])):
        yield verdict, f"{_what(type_name, group)}{_because(verdict, type_name, group)}"


def _what(type_name: str, group: Sequence[Change]) -> str:
    if len(group) == 1:
        return f"{short(type_name)} {group[0].resource.path}"
    return f"{len(group)} {short(type_name)}"


def _because(verdict: Verdict, type_name: str, group: Sequence[Change]) -> str:
    if verdict == Verdict.REPLACES and type_name in REVISIONS:
        return f": {REVISIONS[type_name]}"
    if verdict in (Verdict.CREATES, Verdict.DELETES):
        return ""
    told = {reason(change) for change in group}
    return f": {told.pop()}" if len(told) == 1 else f": {_properties(group)}"


def _properties(group: Sequence[Change]) -> str:
    return ", ".join(dict.fromkeys(cause.subject for change in group for cause in change.causes))


def about_tenants(plan: Plan) -> Iterator[str]:
    """What becomes of stacks that no deploy touches, one sentence for each template that is not the same."""
    for name in sorted(plan.before.stamped.keys() | plan.after.stamped.keys()):
        changes = plan.changes_of(name)
        if name not in plan.before.stacks:
            yield f"{name}: the template is new; stacks are made from it when tenants are, and none changes"
        elif name not in plan.after.stacks:
            machines = plan.before.stamped[name].stack
            yield (
                f"{name}: no template is published any more; the stacks stay, with all they hold, and can be "
                f"changed or deleted only while {machines} is there"
            )
        elif changes:
            yield (
                f"{name}: what changes of each stack, {count(len(changes), 'resource')}, changes with the "
                "next update of that tenant, and not by a deploy"
            )


def ordered(plan: Plan) -> list[str]:
    """The stacks in which something changes: those that are deployed, then those of tenants."""
    names = {change.address.stack for change in plan.changes}
    return sorted(names, key=lambda name: (plan.stack(name).stamp is not None, name))


def path(plan: Plan, where: Address) -> str:
    """What people call something in a template; a parameter is called by its name."""
    return plan.resources[where].resource.path if where in plan.resources else where.logical_id


def deployed(side: Side) -> list[str]:
    """Names of the stacks that are deployed."""
    return [name for name in side.stacks if name not in side.stamped]


def common_prefix(names: Sequence[str]) -> str:
    """What all names begin with, up to the last dash; empty for one name alone."""
    words = [name.split("-") for name in set(names)]
    if len(words) < 2:
        return ""
    shared = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(*words, strict=False))
    return "".join(f"{parts[0]}-" for parts in shared)


def totals(changes: list[Change]) -> str:
    """Such as ``3 creates, 1 in place``."""
    counted = Counter(change.verdict for change in changes)
    return ", ".join(f"{counted[verdict]} {verdict.words}" for verdict in Verdict if counted[verdict])
