"""What a step does to stacks of tenants: none is deployed, and each is stamped anew with its next update."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.tenancy import OF_TENANT, TOLD_OF_EACH
from ops.plan.refusal import Refusal
from ops.plan.resolution import Resolver
from ops.plan.side import Side, Stack
from ops.plan.value import links
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address

TAKEN = (Verdict.REPLACES, Verdict.DELETES)
"""After these, what a stack of a tenant was given names nothing that anybody else uses."""


def new_stamps(before: Side, after: Side) -> list[str]:
    """Templates of tenants from which no stack has been made."""
    return [name for name in after.stamped if name not in before.stacks]


def still_used(changes: Mapping[Address, Change], before: Side) -> Mapping[str, tuple[Address, ...]]:
    """What a deploy takes from under stacks that have been made, by the title of their template."""
    resolver, found = Resolver(before), dict[str, tuple[Address, ...]]()
    for name in before.stamped:
        given = [
            link
            for one in before.stacks[name].resources
            for link in links(resolver.resolve(name, dict(one.properties)))
        ]
        used = sorted({link.target for link in given if link.via == "a stamp"})
        gone = tuple(one for one in used if one in changes and changes[one].verdict in TAKEN)
        if gone:
            found[name] = gone
    return found


def unfit(before: Side, after: Side) -> Iterator[Refusal]:
    """What of a template CloudFormation would refuse in each stack, with what the machines give."""
    for name in after.stamped:
        stack = after.stacks[name]
        yield from _parameters(stack)
        if name in before.stacks:
            yield from _narrower(_asked(before.stacks[name]), stack)


def _parameters(stack: Stack) -> Iterator[Refusal]:
    asked, place = _asked(stack), stack.stamp.place if stack.stamp else {}
    for name in asked:
        if name not in place and not OF_TENANT.fullmatch(name) and "Default" not in asked[name]:
            yield Refusal(
                Address(stack.name, name),
                f"the template asks for the parameter {name}, and nothing gives it: no tenant could be made "
                "or changed",
                f"give {name} a default, or let the machines tell it",
            )
    for name in (*TOLD_OF_EACH, *place):
        if name not in asked:
            yield Refusal(
                Address(stack.name, name),
                f"the machines give the parameter {name}, which the template does not have: no tenant could "
                "be made or changed",
                f"let the machines no longer tell {name}",
            )


def _narrower(was: Mapping[str, Any], stack: Stack) -> Iterator[Refusal]:
    for name, parameter in _asked(stack).items():
        allowed = [side.get("AllowedValues") for side in (was.get(name, {}), parameter)]
        gone = [value for value in allowed[0] or () if allowed[1] and value not in allowed[1]]
        if gone:
            yield Refusal(
                Address(stack.name, name),
                f"a tenant whose {name} is {' or '.join(gone)} could no longer be changed nor deleted",
                "give each such tenant another one first, then take it away; if there are none, go on",
            )


def _asked(stack: Stack) -> Mapping[str, Any]:
    asked: Mapping[str, Any] = stack.template.get("Parameters") or {}
    return asked
