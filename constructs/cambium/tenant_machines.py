"""What making, changing and deleting a tenant consists of, step by step, and the way back from each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cambium.tenant_steps import Way, caught, chain, choose, invoke, until_done
from cambium.working_hours_steps import Part, State, one

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


def create(functions: Functions, contents: Contents) -> State:
    """Stack, roles, secrets, migration, routing, services, health: then it is active."""
    way = Way(to=BACK)
    parts = [
        _stack(functions, "Make the stack", "$.prepared", way),
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
        _route(functions, "Announce it", "provisioning", way),
        _stack(functions, "Start the services", "$.wanted", way),
        _serving(functions, way),
        _route(functions, "Open it", "active", way, origin=True),
        _succeed(functions, origin=f"{OUTPUTS}.Origin"),
    ]
    back = [
        _route(functions, "Close it again", "gone", LEFT),
        _gone(functions, "Remove the stack again", LEFT),
        invoke("Forget its snapshots", functions.forget_snapshots, _told("tenant", "database"), LEFT),
    ]
    return _machine(functions, "create", parts, back, fails_as="failed")


def change(functions: Functions, contents: Contents) -> State:
    """Suspend, resume, and another size or image: the schema first, then the services."""
    way = Way(to=BACK)
    opened, closed = "Is it to serve?", "Close it"
    states = {
        **choose("Does it serve?", "$.serves", "Prepare the stack: begin", closed).states,
        **chain(_route(functions, closed, "suspended", way), then="Prepare the stack: begin"),
        **chain(
            _stack(functions, "Prepare the stack", "$.prepared", way),
            then="Does it migrate?",
        ),
        **choose("Does it migrate?", "$.migrates", "Migrate", "Change the stack: begin").states,
        **chain(
            caught("Migrate", contents.migration, way),
            _stack(functions, "Change the stack", "$.wanted", way),
            then=opened,
        ),
        **choose(opened, "$.serves", "Ask its services: begin", SUCCEED).states,
        **chain(
            _serving(functions, way), _route(functions, "Open it", "active", way, origin=True), then=SUCCEED
        ),
        **chain(_succeed(functions, origin="$.stack"), then="Done"),
    }
    restored = [_stack(functions, "Restore the stack", "$.previous", LEFT)]
    back = {
        **chain(*restored, then="Did it serve?"),
        **choose("Did it serve?", "$.prior", "Open it again", "Close it again", value="active").states,
        **chain(_route(functions, "Open it again", "active", LEFT), then=RECORD),
        **chain(_route(functions, "Close it again", "suspended", LEFT), then=RECORD),
    }
    back[BACK] = {"Type": "Pass", "Next": "Restore the stack: begin"}
    return _whole(functions, "", "Does it serve?", {**states, **back}, fails_as="$.prior")


def delete(functions: Functions, export: Sequence[Part] = ()) -> State:
    """Closed, stopped, a last snapshot; from the removal on there is no way back, only on."""
    way, onward = Way(to=BACK), Way(to="Go on another time")
    parts = [
        _route(functions, "Close it", "deleting", way),
        _stack(functions, "Stop the services", "$.prepared", way, existing=True),
        until_done(
            "Take the last snapshot", functions.take_snapshot, _told("tenant", "database", "snapshot"), way
        ),
        *export,
        one(
            "Keep its name", {"Type": "Pass", "InputPath": "$.at.answer.snapshot", "ResultPath": "$.snapshot"}
        ),
        _gone(functions, "Remove the stack", onward),
        _route(functions, "Take it out of the routing", "gone", onward),
        _succeed(functions, origin="$.stack"),
    ]
    back = {
        BACK: {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.prior", "StringEquals": state, "Next": "Drop the snapshot"}
                for state in ("active", "suspended")
            ],
            "Default": "Go on another time",
        },
        **chain(
            invoke("Drop the snapshot", functions.drop_snapshot, _told("tenant", "snapshot"), LEFT),
            _stack(functions, "Restore the stack", "$.previous", LEFT),
            then="Did it serve?",
        ),
        **choose("Did it serve?", "$.prior", "Open it again", "Close it again", value="active").states,
        **chain(_route(functions, "Open it again", "active", LEFT), then=RECORD),
        **chain(_route(functions, "Close it again", "suspended", LEFT), then=RECORD),
        "Go on another time": {"Type": "Pass", "Result": "deleting", "ResultPath": "$.prior", "Next": RECORD},
    }
    states = {**chain(*parts, then="Done"), **back}
    return _whole(functions, "delete", parts[0].first, states, fails_as="$.prior")


def _machine(
    functions: Functions, operation: str, parts: Sequence[Part], back: Sequence[Part], *, fails_as: str
) -> State:
    states = {**chain(*parts, then="Done"), **chain(*back, then=RECORD)}
    states[BACK] = {"Type": "Pass", "Next": back[0].first}
    return _whole(functions, operation, parts[0].first, states, fails_as=fails_as)


def _whole(
    functions: Functions, operation: str, first: str, states: dict[str, State], *, fails_as: str
) -> State:
    named = {"operation": operation} if operation else {"operation.$": "$.operation"}
    told = {**named, "run.$": "$$.Execution.Id", "request.$": "$"}
    admit = dict(invoke("Admit", functions.admit, told, Way(to="")).states["Admit"])
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
    whole = {"Admit": admit, **refused, **states, **failed, "Done": {"Type": "Succeed"}}
    return {"StartAt": "Admit", "States": whole}


def _failure(fails_as: str) -> State:
    state = {"state.$": fails_as} if fails_as.startswith("$") else {"state": fails_as}
    return {**state, "run.$": "$"}


def _stack(functions: Functions, name: str, parameters: str, way: Way, *, existing: bool = False) -> Part:
    told = {**STACK, "parameters.$": parameters, "existing": existing}
    return until_done(name, functions.stack, told, way)


def _gone(functions: Functions, name: str, way: Way) -> Part:
    return until_done(name, functions.stack, {**STACK, "parameters": None}, way)


def _serving(functions: Functions, way: Way) -> Part:
    part = until_done(
        "Ask its services",
        functions.serving,
        {"outputs.$": OUTPUTS, "looks.$": "$.at.answer.looks"},
        way,
    )
    # It asks about what the step before has made, so that answer stays.
    begin: State = {
        "Type": "Pass",
        "Parameters": {"answer": {"outputs.$": OUTPUTS, "looks": 0}},
        "ResultPath": "$.at",
        "Next": "Ask its services",
    }
    return Part(part.first, part.last, {**part.states, part.first: begin})


def _route(functions: Functions, name: str, state: str, way: Way, *, origin: bool = False) -> Part:
    told: State = {"tenant.$": "$.tenant", "state": state}
    if origin:
        told["origin.$"] = f"{OUTPUTS}.Origin"
    return invoke(name, functions.route, told, way)


def _succeed(functions: Functions, *, origin: str) -> Part:
    # All is done by then, and taking it back would be worse than running it again.
    way = Way(to="Failed", stubborn=True)
    told: dict[str, Any] = _told(
        "operation", "tenant", "run", "wanted", "requestedBy", "snapshot", "database"
    )
    return invoke(SUCCEED, functions.succeed, {**told, "origin.$": origin}, way)


def _told(*names: str) -> State:
    return {f"{name}.$": f"$.{name}" for name in names}
