"""When tenants' stacks get what a step changes of their template: after the deploys, by a wave of changes."""

import json
from collections.abc import Iterator
from typing import Any

from ops.plan.deploy import Deploy
from ops.plan.prover import Plan
from ops.plan.runbook_lines import DATABASE, DOORS, Line, interruptions
from ops.plan.side import Stack
from ops.plan.verdict import Change


def waves(plan: Plan) -> Iterator[Deploy]:
    """One for each template from which stacks have been made, and in which something changes."""
    for title in sorted(plan.after.stamped):
        changes = plan.changes_of(title)
        if changes:
            yield _wave(plan.after.stacks[title], changes)


def _wave(stack: Stack, changes: tuple[Change, ...]) -> Deploy:
    return Deploy(
        stack.name[0].upper() + stack.name[1:],
        "a deploy changes no tenant: the stack of each gets the template with the next update of that "
        "tenant; being suspended, resumed or deleted brings none",
        before=(
            Line("the deploys have ended well, and the product itself is well"),
            *_snapshots(changes),
        ),
        do=tuple(_do(stack)),
        watch=(*interruptions(changes), *_away(changes)),
        after=(_arrived(stack),),
        back=(
            Line(
                "a stack that cannot be changed is as it was. To take the change from those that have it, "
                "deploy the sources of before, and do the same again"
            ),
        ),
    )


def _do(stack: Stack) -> Iterator[Line]:
    yield Line(
        "one tenant first: an update with the image it runs brings it the template, and nothing else",
        _start(stack, "change", operation="update", tenant="TENANT", image="IMAGE"),
    )
    yield Line(
        "then all: a wave brings the template and an image, which may be the one they run, to a few, to a "
        "tenth, to the rest; run it again to go on after a failure",
        _start(stack, "wave", image="IMAGE", canaries=["TENANT"]),
    )
    yield Line("a suspended tenant gets it by an update like that of the first, and stays suspended")


def _start(stack: Stack, verb: str, **told: Any) -> str:
    assert stack.stamp is not None  # noqa: S101 - narrows the type: this is about templates of tenants
    machine = f"arn:aws:states:{stack.region}:{stack.account}:stateMachine:{stack.stamp.stack}-{verb}"
    return (
        f"aws stepfunctions start-execution --region {stack.region} \\\n"
        f"  --state-machine-arn {machine} \\\n"
        f"  --input '{json.dumps({**told, 'requested_by': 'you'})}'"
    )


def _snapshots(changes: tuple[Change, ...]) -> Iterator[Line]:
    for change in changes:
        if change.resource.type == DATABASE:
            yield Line(f"the tenant that goes first has a snapshot of {change.resource.path} from today")


def _away(changes: tuple[Change, ...]) -> Iterator[Line]:
    gone = [one.resource.path for one in changes if one.resource.type in DOORS and one.goes]
    if gone:
        yield Line(
            f"{', '.join(gone)} goes: a tenant is away from then until its run has led requests to what "
            "comes instead"
        )


def _arrived(stack: Stack) -> Line:
    assert stack.stamp is not None  # noqa: S101 - as above
    return Line(
        f"the stack of each tenant that is served shows the template {stack.stamp.release[:12]}",
        f"aws cloudformation describe-stacks --region {stack.region} \\\n"
        f"  --query \"Stacks[?starts_with(StackName, '{stack.stamp.prefix}')]"
        ".[StackName,StackStatus,Tags[?Key=='cambium:template']|[0].Value]\" --output text",
    )
