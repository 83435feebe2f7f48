"""What a run does before anything else: is it held, is it to hold the other, is the other still at it."""

from dataclasses import dataclass

from cambium.working_hours_steps import Part, call, decide, each, look, one

UNTIL, SCHEDULED = "until", "scheduled"
"""What a run may be told: the time until which schedules leave the result alone, and that it is one of
theirs."""
HELD = "$toMillis($states.input.now) < $toMillis($states.input.look.until)"
LONG_AGO = "2000-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Holds:
    """Where the times are kept.

    A person's run is never held: only those of the schedules are.
    """

    held_by: str
    """Name of the parameter with the time until which schedules do not run this."""
    holds: str
    """Name of the parameter with the time until which schedules do not run the other."""
    other: str
    """ARN of the other state machine."""


def first_parts(holds: Holds) -> list[Part]:
    """The steps."""
    return [_unless_held(holds), _hold(holds), *_stop_the_other(holds)]


def _unless_held(holds: Holds) -> Part:
    by_schedule = {"Variable": f"$.{SCHEDULED}"}
    states = {
        "By schedule?": decide(
            "May run",
            [
                {
                    "And": [{**by_schedule, "IsPresent": True}, {**by_schedule, "BooleanEquals": True}],
                    "Next": "What time is it?",
                }
            ],
        ),
        "What time is it?": {
            "Type": "Pass",
            "Parameters": {"now.$": "$$.Execution.StartTime"},
            "Next": "Until when is it held?",
        },
        "Until when is it held?": {
            **look("ssm:getParameter", {"Name": holds.held_by}, until="$.Parameter.Value"),
            "Next": "Is that over?",
        },
        "Is that over?": {
            **decide("May run", [{"Condition": f"{{% {HELD} %}}", "Next": "Held"}]),
            "QueryLanguage": "JSONata",
        },
        "Held": {"Type": "Succeed"},
        "May run": {"Type": "Pass"},
    }
    return Part("By schedule?", "May run", states)


def _hold(holds: Holds) -> Part:
    told = f"$.{UNTIL}"
    kept = {"Name": holds.holds, "Value.$": told, "Overwrite": True}
    states = {
        "Told until when?": decide(
            "Ready",
            [
                {
                    "And": [
                        {"Variable": told, "IsPresent": True},
                        {"Variable": told, "IsTimestamp": True},
                    ],
                    "Next": "Remember",
                },
                {"Variable": told, "IsPresent": True, "Next": "Not a time"},
            ],
        ),
        "Remember": {**call("ssm:putParameter", kept), "Next": "Ready"},
        "Not a time": {
            "Type": "Fail",
            "Error": "NotATime",
            "Cause": f"{UNTIL} must be a time with its zone, such as 2027-01-04T06:00:00Z",
        },
        "Ready": {"Type": "Pass"},
    }
    return Part("Told until when?", "Ready", states)


def _stop_the_other(holds: Holds) -> list[Part]:
    running = {"StateMachineArn": holds.other, "StatusFilter": "RUNNING"}
    stop = {"ExecutionArn.$": "$.ExecutionArn", "Error": "Overtaken", "Cause": "The other one was started"}
    return [
        one("Is the other at it?", look("sfn:listExecutions", running, running="$.Executions")),
        each("Each run of the other", "$.look.running", one("Stop it", call("sfn:stopExecution", stop))),
    ]
