"""Deleting a tenant, step by step; the way back ends where its stack begins to go."""

from collections.abc import Mapping
from dataclasses import replace

from cambium.tenant_parts import (
    BACK,
    OUTPUTS,
    RECORD,
    Functions,
    bring_stack,
    remove_stack,
    route,
    succeed,
    told_of,
    whole,
)
from cambium.tenant_restoration import FIRST, restored
from cambium.tenant_steps import Way, caught, chain, invoke, until_done
from cambium.working_hours_steps import Part, State, decide, one

EXPORTS = "Is there something to export?"
LATER = "Go on another time"
UNDONE = Way(to=LATER, step="left_step", failure="left", stubborn=True)
"""Who is not served again is still being deleted: nobody may take it for a tenant that serves."""


def delete(functions: Functions, export: State | None) -> State:
    """Closed, stopped, a last snapshot, a last dump; from the removal on there is no way back, only on.

    Args:
        functions: Behind the steps.
        export: The one-off task that dumps the database; None where the model says to do without.
    """
    way, onward = Way(to=BACK), Way(to=LATER)
    begin = [
        route(functions, "Close it", "deleting", way),
        bring_stack(functions, "Stop the services", "$.prepared", way, existing=True),
        # An earlier run may have removed the stack: then there is nothing left to export.
        one("Keep its outputs", {"Type": "Pass", "InputPath": OUTPUTS, "ResultPath": "$.outputs"}),
        until_done(
            "Take the last snapshot", functions.take_snapshot, told_of("tenant", "database", "snapshot"), way
        ),
        one(
            "Keep its name", {"Type": "Pass", "InputPath": "$.at.answer.snapshot", "ResultPath": "$.snapshot"}
        ),
    ]
    end = [
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
            "Default": LATER,
        },
        **chain(*_dropped(functions), then=FIRST),
        **restored(functions, UNDONE, then=RECORD),
        LATER: {"Type": "Pass", "Result": "deleting", "ResultPath": "$.prior", "Next": RECORD},
    }
    exported = _exported(functions, export, way, then=end[0].first)
    then = EXPORTS if exported else end[0].first
    states = {**chain(*begin, then=then), **exported, **chain(*end, then="Done"), **back}
    return whole(functions, "delete", begin[0].first, states, fails_as="$.prior")


def _exported(functions: Functions, export: State | None, way: Way, *, then: str) -> Mapping[str, State]:
    if export is None or functions.check_export is None:
        return {}
    there = [
        {"Variable": "$.exports", "BooleanEquals": True},
        {"Variable": "$.outputs.ExportTask", "IsPresent": True},
    ]
    return {
        EXPORTS: decide(then, [{"And": there, "Next": "Export the database"}]),
        **chain(
            caught("Export the database", export, way),
            invoke("Find the export", functions.check_export, told_of("tenant", "export"), way),
            then=then,
        ),
    }


def _dropped(functions: Functions) -> list[Part]:
    """A snapshot or an export too many is no reason not to serve the tenant again."""
    export, anyway = functions.drop_export, replace(UNDONE, to=FIRST)
    first = anyway if export is None else replace(UNDONE, to="Drop the export")
    parts = [invoke("Drop the snapshot", functions.drop_snapshot, told_of("tenant", "snapshot"), first)]
    if export is not None:
        parts.append(invoke("Drop the export", export, told_of("tenant", "export"), anyway))
    return parts
