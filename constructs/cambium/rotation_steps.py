"""The order of a rotation: nobody's password changes before all services are known to use the other one."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws

from cambium.working_hours_steps import Part, State, decide, machine, one, wait

TIMEOUT_MINUTES = 120
"""A service that takes longer to restart is looked after by a person."""
STEP_SECONDS = 300
STILL_USED = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 60, "MaxAttempts": 10}]
"""A pool lets go of connections it holds for nobody after some minutes."""
AGAIN = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 15, "MaxAttempts": 3, "BackoffRate": 2}]
NOW = "now"
"""What a run is told to rotate although nothing is due."""
SAID = "$.said.answer"


def definition(function_arn: str, plan: Mapping[str, Any], *, pooled: bool) -> str:
    """The state machine, as JSON.

    Args:
        function_arn: What does the steps.
        plan: What each of them is told.
        pooled: Whether a pool has to know a login before it is used.
    """
    publish = _Caller(function_arn)
    first = one("Know the plan", {"Type": "Pass", "Result": dict(plan), "ResultPath": "$.plan"})
    body = machine(
        first,
        _until(publish, "the services", "Write the connection URLs", "publish", "settled"),
        _due(publish),
        one("Give the idle logins a password", publish.step("prepare", retry=STILL_USED)),
        *(_known_to_the_pool(publish) if pooled else []),
        one("Put them in use", publish.step("promote")),
        one("Rotated", {"Type": "Pass", "Result": True, "ResultPath": "$.rotated"}),
    )
    # Once more from the URLs on: now everybody is told the login that has come into use.
    states = {
        **body["States"],
        "Rotated": {
            **{key: value for key, value in body["States"]["Rotated"].items() if key != "End"},
            "Next": "Write the connection URLs",
        },
    }
    return json.dumps(
        {
            "Comment": "Rotate database passwords",
            "TimeoutSeconds": TIMEOUT_MINUTES * 60,
            **body,
            "States": states,
        }
    )


class _Caller:
    """Calls one function."""

    def __init__(self, function_arn: str) -> None:
        self._function_arn = function_arn

    def step(self, name: str, *, retry: list[State] = AGAIN) -> State:
        """A call with the name of a step; what it answers is kept until the next."""
        return {
            "Type": "Task",
            "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": self._function_arn,
                "Payload": {"Step": name, "Plan.$": "$.plan"},
            },
            "ResultSelector": {"answer.$": "$.Payload"},
            "ResultPath": "$.said",
            "TimeoutSeconds": STEP_SECONDS,
            "Retry": retry,
        }


def _until(caller: _Caller, whom: str, doing: str, begin: str, ask: str) -> Part:
    """Do something that restarts ``whom``, and wait until all that runs of it is new."""
    looks, asks, waits, done = (
        f"Look at {whom}",
        f"Is all of {whom} new?",
        f"Wait for {whom}",
        f"All of {whom} is new",
    )
    states = {
        doing: {**caller.step(begin), "Next": looks},
        looks: {**caller.step(ask), "Next": asks},
        asks: decide(waits, [{"Variable": f"{SAID}.Settled", "BooleanEquals": True, "Next": done}]),
        waits: wait(looks),
        done: {"Type": "Pass"},
    }
    return Part(doing, done, states)


def _due(caller: _Caller) -> Part:
    looks, asks, due, over = "Look at the ages", "Is a rotation due?", "It is due", "Nothing is left to do"
    told = f"$.{NOW}"
    states = {
        looks: {**caller.step("look"), "Next": asks},
        asks: decide(
            over,
            [
                {"Variable": "$.rotated", "IsPresent": True, "Next": over},
                {
                    "And": [
                        {"Variable": told, "IsPresent": True},
                        {"Variable": told, "BooleanEquals": True},
                    ],
                    "Next": due,
                },
                {"Variable": f"{SAID}.Due", "BooleanEquals": True, "Next": due},
            ],
        ),
        over: {"Type": "Succeed"},
        due: {"Type": "Pass"},
    }
    return Part(looks, due, states)


def _known_to_the_pool(caller: _Caller) -> list[Part]:
    return [
        _until(caller, "the pool", "Let the pool know both logins", "admit", "admitted"),
        one("Try them through the pool", caller.step("try")),
    ]
