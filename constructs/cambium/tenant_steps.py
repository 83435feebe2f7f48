"""Steps of a tenant's state machines: each may run again, and its failure leads to one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws

from cambium.working_hours_steps import Part, State, decide, wait

POLL_SECONDS = 15
_RETRIED = [
    {
        # A function that was throttled, or not ready: what our own steps raise is for good.
        "ErrorEquals": [
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ],
        "IntervalSeconds": 2,
        "MaxAttempts": 4,
        "BackoffRate": 2,
    }
]
STUBBORN = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 3, "BackoffRate": 3}]
"""For steps that take something back: their failure leaves something behind."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a failed step leads, and where its name and error are put."""

    to: str
    step: str = "step"
    failure: str = "failure"
    stubborn: bool = False


def invoke(name: str, function: str, payload: State, way: Way, *, keep: str | None = None) -> Part:
    """Call a function; its answer is dropped, or kept at ``keep``."""
    state: State = {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "Retry": STUBBORN if way.stubborn else _RETRIED,
        "ResultPath": keep,
    }
    if keep is not None:
        state["ResultSelector"] = {"answer.$": "$.Payload"}
    return caught(name, state, way)


def caught(name: str, state: State, way: Way) -> Part:
    """A step that can fail."""
    failed = f"{name}: failed"
    states = {
        name: {
            **state,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": f"$.{way.failure}", "Next": failed}],
        },
        failed: {"Type": "Pass", "Result": name, "ResultPath": f"$.{way.step}", "Next": way.to},
    }
    return Part(name, name, states)


def until_done(name: str, function: str, payload: Mapping[str, Any], way: Way) -> Part:
    """Call a function until it answers ``done``; what it says is at ``$.at``, and given to its next call.

    Args:
        name: What it does, for people.
        function: Its ARN.
        payload: What it is told besides.
        way: Where its failure leads.
    """
    begin, done, waits = f"{name}: begin", f"{name}: done?", f"{name}: wait"
    call = invoke(name, function, dict(payload), way)
    asked = {
        **call.states[name],
        "ResultSelector": {"status.$": "$.Payload.status", "answer.$": "$.Payload"},
        "ResultPath": "$.at",
        "Next": done,
    }
    states = {
        **call.states,
        begin: {
            "Type": "Pass",
            "Result": {"answer": {"started": False, "looks": 0}},
            "ResultPath": "$.at",
            "Next": name,
        },
        name: asked,
        done: decide(waits, [{"Variable": "$.at.status", "StringEquals": "done", "Next": f"{name}: over"}]),
        waits: wait(name, POLL_SECONDS),
        f"{name}: over": {"Type": "Pass"},
    }
    return Part(begin, f"{name}: over", states)


def choose(name: str, variable: str, yes: str, otherwise: str, value: Any = True) -> Part:
    """Go to ``yes`` where a variable has a value. It has no way out of its own."""
    test = "BooleanEquals" if isinstance(value, bool) else "StringEquals"
    state = decide(otherwise, [{"Variable": variable, test: value, "Next": yes}])
    return Part(name, name, {name: state})


def chain(*parts: Part, then: str) -> dict[str, State]:
    """The states of parts one after the other, and ``then``."""
    states: dict[str, State] = {}
    firsts = [part.first for part in parts[1:]] + [then]
    for part, following in zip(parts, firsts, strict=True):
        states |= {**part.states, part.last: {**part.states[part.last], "Next": following}}
    return states
