"""Steps that put something to sleep or wake it: each looks first, so that any of them may run again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws

State = dict[str, Any]

POLL_SECONDS = 15
RETRY = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 10, "MaxAttempts": 3, "BackoffRate": 2}]
"""A call that was throttled, or came while AWS was changing the same thing."""
LOOK = "$.look"


@dataclass(frozen=True)
class Part:
    """States with one way in and one way out."""

    first: str
    last: str
    states: Mapping[str, State]


def call(action: str, parameters: State, **fields: Any) -> State:
    """A call of AWS, such as ``rds:startDBInstance``; its answer is dropped unless ``fields`` keep it."""
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::aws-sdk:{action}",
        "Parameters": parameters,
        "ResultPath": None,
        "Retry": RETRY,
        **fields,
    }


def look(action: str, parameters: State, **seen: str) -> State:
    """A call whose answer is kept until the next look: what is ``seen``, by where it is."""
    selected = {f"{name}.$": path for name, path in seen.items()}
    return call(action, parameters, ResultSelector=selected, ResultPath=LOOK)


def one(name: str, state: State) -> Part:
    """A single state."""
    return Part(name, name, {name: state})


def each(name: str, items: str, part: Part, *, at_once: int = 40) -> Part:
    """A part for every item of the list at ``items``, so many at once. Names are told apart by the caller."""
    return one(
        name,
        {
            "Type": "Map",
            "ItemsPath": items,
            "MaxConcurrency": at_once,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **machine(part)},
            "ResultPath": None,
        },
    )


def bring(what: str, *, to: str, by: State, when: str, seen: State) -> Part:
    """Look at something until it is ``to``; do ``by`` whenever it is ``when``, and wait at anything else.

    Args:
        what: Its name, for people.
        to: The status that is wanted.
        by: The call that brings it there.
        when: The status in which AWS accepts that call.
        seen: The look, which keeps ``status``.
    """
    looks, act, waits, done = (f"Look at {what}", f"Bring {what} to {to}", f"Wait for {what}", f"{what} {to}")
    states = {
        looks: {**seen, "Next": f"Is {what} {to}?"},
        f"Is {what} {to}?": decide(waits, [_is(to, done), _is(when, act)]),
        act: {**by, "Next": waits},
        waits: wait(looks),
        done: {"Type": "Pass"},
    }
    return Part(looks, done, states)


def _is(status: str, then: str) -> State:
    return {"Variable": f"{LOOK}.status", "StringEquals": status, "Next": then}


def decide(otherwise: str, choices: Sequence[State]) -> State:
    """Where to go, by rules as Step Functions has them."""
    return {"Type": "Choice", "Choices": list(choices), "Default": otherwise}


def wait(then: str, seconds: int = POLL_SECONDS) -> State:
    """Wait, then go on."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}


def machine(*parts: Part) -> State:
    """The parts one after the other."""
    states: dict[str, State] = {}
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        end = {"Next": following.first} if following else {"End": True}
        states |= {**part.states, part.last: {**part.states[part.last], **end}}
    return {"StartAt": parts[0].first, "States": states}
