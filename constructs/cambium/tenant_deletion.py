"""Deleting a tenant, step by step; the way back ends where its stack begins to go."""

from collections.abc import Sequence

from cambium.tenant_parts import (
    BACK,
    LEFT,
    RECORD,
    Functions,
    bring_stack,
    remove_stack,
    route,
    succeed,
    told_of,
    whole,
)
from cambium.tenant_steps import Way, chain, choose, invoke, until_done
from cambium.working_hours_steps import Part, State, one


def delete(functions: Functions, export: Sequence[Part] = ()) -> State:
    """Closed, stopped, a last snapshot; from the removal on there is no way back, only on."""
    way, onward = Way(to=BACK), Way(to="Go on another time")
    parts = [
        route(functions, "Close it", "deleting", way),
        bring_stack(functions, "Stop the services", "$.prepared", way, existing=True),
        until_done(
            "Take the last snapshot", functions.take_snapshot, told_of("tenant", "database", "snapshot"), way
        ),
        *export,
        one(
            "Keep its name", {"Type": "Pass", "InputPath": "$.at.answer.snapshot", "ResultPath": "$.snapshot"}
        ),
        remove_stack(functions, "Remove the stack", onward),
        route(functions, "Take it out of the routing", "gone", onward),
        succeed(functions, origin="$.stack"),
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
            invoke("Drop the snapshot", functions.drop_snapshot, told_of("tenant", "snapshot"), LEFT),
            bring_stack(functions, "Restore the stack", "$.previous", LEFT),
            then="Did it serve?",
        ),
        **choose("Did it serve?", "$.prior", "Open it again", "Close it again", value="active").states,
        **chain(route(functions, "Open it again", "active", LEFT), then=RECORD),
        **chain(route(functions, "Close it again", "suspended", LEFT), then=RECORD),
        "Go on another time": {"Type": "Pass", "Result": "deleting", "ResultPath": "$.prior", "Next": RECORD},
    }
    states = {**chain(*parts, then="Done"), **back}
    return whole(functions, "delete", parts[0].first, states, fails_as="$.prior")
