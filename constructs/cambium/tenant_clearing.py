"""Clearing the pool of tenants that left it: each by itself, and one that fails holds up nobody."""

from typing import Any

from cambium.tenant_steps import Way, caught, chain, choose, invoke
from cambium.working_hours_steps import State

WHAT = "Is it there still?"
FIND = "Find its own database"
LIFT = "Lift its fence"
OWN, SAID = "$.own.answer", "$.said"
NOT_CLEARED = "Record that it was not cleared"


def clear(
    *, due: str, place: str, task: State, lift: State, cleared: str, not_cleared: str
) -> dict[str, Any]:
    """The machine; ``{"tenant": ...}`` clears one before its time.

    Rows of a tenant that moved into a database of its own go after they were compared with that one. Of a
    tenant that no silo serves any more there are none, and its fence goes.

    It answers what is left in the pool: ``each`` of those it was done for, and ``left`` of the one that was
    asked for where nothing was to be done.

    Args:
        due: ARN of the function that lists whose rows, or whose fence, may go.
        place: ARN of the function that finds a tenant's own database; its answer is at ``OWN``.
        task: The step of the task that deletes rows, after it has compared.
        lift: The step of the task that drops a fence, after it has looked for rows.
        cleared: ARN of the function that writes down that they went.
        not_cleared: The same of why they did not.
    """
    way = Way(to=NOT_CLEARED)
    told = {"tenant.$": "$.tenant", "what.$": "$.what", "run.$": "$$.Execution.Id"}
    failed = {**told, "failure.$": "$.failure"}
    one = {
        **choose(WHAT, "$.what", LIFT, FIND, value="lift").states,
        **chain(
            invoke(FIND, place, told, way, keep="$.own"),
            caught("Clear the pool of it", task, way),
            invoke("Record that it was cleared", cleared, told, way, keep=SAID),
            then="Cleared",
        ),
        **chain(
            caught(LIFT, lift, way),
            invoke("Record that it was lifted", cleared, told, way, keep=SAID),
            then="Cleared",
        ),
        **chain(
            invoke(NOT_CLEARED, not_cleared, failed, Way(to="Not even recorded"), keep=SAID),
            then="Cleared",
        ),
        "Not even recorded": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
        "Cleared": {"Type": "Succeed", "OutputPath": f"{SAID}.answer"},
    }
    listed = dict(invoke("List who is due", due, {}, Way(to="")).states["List who is due"])
    listed.pop("Catch")
    listed.pop("ResultPath")
    listed["Parameters"] = {
        "FunctionName": due,
        "Payload": {"run.$": "$$.Execution.Id", "asked.$": "$"},
    }
    return {
        "StartAt": "List who is due",
        "States": {
            "List who is due": {**listed, "OutputPath": "$.Payload", "Next": "Each of them"},
            "Each of them": {
                "Type": "Map",
                "ItemsPath": "$.due",
                "MaxConcurrency": 1,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": WHAT,
                    "States": one,
                },
                "ResultPath": "$.each",
                "Next": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    }
