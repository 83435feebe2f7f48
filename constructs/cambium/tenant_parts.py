"""What the state machines of tenants have in common: how they begin, how they fail, and their usual steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cambium.tenant_steps import Way, caught, chain, invoke, until_done
from cambium.working_hours_steps import Part, State

STACK = {"stack.$": "$.stack", "started.$": "$.at.answer.started"}
OUTPUTS = "$.at.answer.outputs"
BACK = "Take it back"
RECORD = "Record the failure"
SUCCEED = "Record the success"
LEFT = Way(to=RECORD, step="left_step", failure="left", stubborn=True)
"""A step of the way back that fails leads to the record, which then says that something is left."""


@dataclass(frozen=True, kw_only=True)
class Functions:
    """ARNs of the functions behind the steps."""

    admit: str
    stack: str
    roles: str
    urls: str
    keys: str
    route: str
    serving: str
    take_snapshot: str
    forget_snapshots: str
    drop_snapshot: str
    succeed: str
    fail: str
    check_export: str | None = None
    drop_export: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is written into a new tenant's database and secrets."""

    roles: State
    urls: Mapping[str, State]
    """By service."""
    keys: Mapping[str, State]
    """By service: what is copied from the secret of everybody."""
    migration: State
    """The one-off task, as ``ecs:runTask`` is told."""


def whole(
    functions: Functions,
    operation: str,
    first: str,
    states: Mapping[str, State],
    *,
    fails_as: str,
    admission: str | None = None,
) -> State:
    """The whole machine: admission before ``first``, and what a failure is recorded with.

    Args:
        functions: Behind the steps.
        operation: What it is; nothing where each request says it.
        first: The step after admission.
        states: All steps between admission and record.
        fails_as: What the tenant is after a failure, or the path of it.
        admission: The function that admits, where it is one of its own.
    """
    named = {"operation": operation} if operation else {"operation.$": "$.operation"}
    told = {**named, "run.$": "$$.Execution.Id", "request.$": "$"}
    admit = dict(invoke("Admit", admission or functions.admit, told, Way(to="")).states["Admit"])
    admit.pop("ResultPath")
    admit |= {
        "OutputPath": "$.Payload",
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Failed"}],
        "Next": "Admitted?",
    }
    refused = {
        "Admitted?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.refused", "IsPresent": True, "Next": "Refused"}],
            "Default": first,
        },
        "Refused": {"Type": "Fail", "Error": "Refused", "CausePath": "$.refused"},
    }
    failed = {
        **chain(
            invoke(RECORD, functions.fail, _failure(fails_as), Way(to="Failed"), keep="$.said"),
            then="Failed with a reason",
        ),
        "Failed with a reason": {
            "Type": "Fail",
            "Error": "TenantFailed",
            "CausePath": "$.said.answer.message",
        },
        "Failed": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
    }
    every = {"Admit": admit, **refused, **states, **failed, "Done": {"Type": "Succeed"}}
    return {"StartAt": "Admit", "States": every}


def _failure(fails_as: str) -> State:
    state = {"state.$": fails_as} if fails_as.startswith("$") else {"state": fails_as}
    return {**state, "run.$": "$"}


def bring_stack(
    functions: Functions,
    name: str,
    parameters: str,
    way: Way,
    *,
    existing: bool = False,
    changes: bool | str = False,
    own: str | None = None,
) -> Part:
    """Bring the stack to the parameters at a path; its outputs are at ``OUTPUTS`` then.

    It gets the template of this release, except where that is no part of what is done to it.

    Args:
        functions: Behind the steps.
        name: What it does, for people.
        parameters: The path of the parameters.
        way: Where its failure leads.
        existing: A stack that is not there, or has begun to go, stays so, and has no outputs; one that is
            there keeps its template.
        changes: Such a one fails; or the path of whether it does. Without, it is made anew.
        own: The path of whether it keeps its template.
    """
    told: State = {**STACK, "parameters.$": parameters, "existing": existing}
    if changes:
        told |= {"changes.$": changes} if isinstance(changes, str) else {"changes": True}
    if own:
        told["own.$"] = own
    return until_done(name, functions.stack, told, way)


def look_at_stack(functions: Functions, name: str, way: Way) -> Part:
    """Wait until nothing goes on in the stack, and change nothing; its outputs are at ``OUTPUTS`` then."""
    return until_done(name, functions.stack, {**STACK, "look": True}, way)


def remove_stack(functions: Functions, name: str, way: Way) -> Part:
    """Remove the stack, whatever state it is in."""
    return until_done(name, functions.stack, {**STACK, "parameters": None}, way)


def fill(functions: Functions, contents: Contents, way: Way) -> list[Part]:
    """What a stack that was just made needs before anything of it may serve: roles, secrets, tables."""
    return [
        invoke("Make the database roles", functions.roles, contents.roles, way),
        *(
            invoke(f"Write the URLs of {name}", functions.urls, told, way)
            for name, told in contents.urls.items()
        ),
        *(
            invoke(f"Copy the keys of {name}", functions.keys, told, way)
            for name, told in contents.keys.items()
        ),
        caught("Migrate", contents.migration, way),
    ]


def ask_services(functions: Functions, way: Way, name: str = "Ask its services") -> Part:
    """Wait until the services of the stack that was just brought are healthy."""
    part = until_done(
        name,
        functions.serving,
        {"outputs.$": OUTPUTS, "looks.$": "$.at.answer.looks"},
        way,
    )
    # It asks about what the step before has made, so that answer stays.
    begin: State = {
        "Type": "Pass",
        "Parameters": {"answer": {"outputs.$": OUTPUTS, "looks": 0}},
        "ResultPath": "$.at",
        "Next": name,
    }
    return Part(part.first, part.last, {**part.states, part.first: begin})


def route(
    functions: Functions,
    name: str,
    state: str,
    way: Way,
    *,
    origin: bool = False,
    creates: bool = False,
    keep: str | None = None,
) -> Part:
    """Set the state of the tenant's line in the routing table, and where it is served from.

    With ``creates``, a tenant that may have been used stays served; the answer at ``keep`` says so.
    """
    told: State = {"tenant.$": "$.tenant", "state": state}
    if origin:
        told["origin.$"] = f"{OUTPUTS}.Origin"
    if creates:
        told["creates"] = True
    return invoke(name, functions.route, told, way, keep=keep)


def succeed(functions: Functions, *, origin: str) -> Part:
    """Write down what the tenant is now."""
    # All is done by then, and taking it back would be worse than running it again.
    way = Way(to="Failed", stubborn=True)
    told: dict[str, Any] = told_of(
        "operation", "tenant", "run", "wanted", "requestedBy", "snapshot", "database"
    )
    return invoke(SUCCEED, functions.succeed, {**told, "origin.$": origin}, way)


def told_of(*names: str) -> State:
    """Facts of the run, by name, as a payload has them."""
    return {f"{name}.$": f"$.{name}" for name in names}
