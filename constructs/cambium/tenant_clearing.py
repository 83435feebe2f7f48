"""Clearing the pool of tenants that moved out of it: each by itself, and one that fails holds up nobody."""

from typing import Any

from cambium.tenant_steps import Way, caught, chain, invoke
from cambium.working_hours_steps import State

FIND = "Find its own database"
OWN = "$.own.answer"
NOT_CLEARED = "Record that it was not cleared"


def clear(*, due: str, place: str, task: State, cleared: str, not_cleared: str) -> dict[str, Any]:
    """The machine; ``{"tenant": ...}`` clears one before its time.

    Args:
        due: ARN of the function that lists whose rows may go.
        place: ARN of the function that finds a tenant's own database; its answer is at ``OWN``.
        task: The step of the task that deletes them, after it has compared.
        cleared: ARN of the function that writes down that they went.
        not_cleared: The same of why they did not.
    """
    way = Way(to=NOT_CLEARED)
    told = {"tenant.$": "$.tenant", "run.$": "$$.Execution.Id"}
    one = {
        **chain(
            invoke(FIND, place, told, way, keep="$.own"),
            caught("Clear the pool of it", task, way),
            invoke("Record that it was cleared", cleared, told, way),
            then="Cleared",
        ),
        **chain(
            invoke(NOT_CLEARED, not_cleared, {**told, "failure.$": "$.failure"}, Way(to="Not even recorded")),
            then="Cleared",
        ),
        "Not even recorded": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
        "Cleared": {"Type": "Succeed"},
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
                    "StartAt": FIND,
                    "States": one,
                },
                "ResultPath": None,
                "Next": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    }
