"""Starts the run of a request, and no second one for a request that is repeated."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.once import once
from tenants.settings import client

logger = Logger()
MACHINES = {"create": "create", "delete": "delete", "move": "move"}
"""Machines by operation; all others are changes."""
KEYED_SECONDS = 24 * 60 * 60
"""How long an ``Idempotency-Key`` is remembered."""
UNKEYED_SECONDS = 60
"""How long a request without one is taken for a repeat of the same: no honest second request comes so soon,
since its tenant is still being changed by the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that has been checked."""

    operation: str
    given: Mapping[str, Any]
    caller: str
    """ARN of who asks."""
    key: str | None
    """Its ``Idempotency-Key``, if it has one."""
    request_id: str

    @property
    def told(self) -> str:
        """What the state machine is told."""
        told = {**self.given, "operation": self.operation, "requested_by": self.caller}
        return json.dumps(told, sort_keys=True)

    @property
    def run(self) -> str:
        """The ARN of the run; the same for the same key, so that not even a lost record begins two."""
        machine, name = self.machine.replace(":stateMachine:", ":execution:"), self.key or self.request_id
        digest = hashlib.sha256(f"{self.caller} {name} {self.told}".encode()).hexdigest()
        return f"{machine}:{self.operation}-{digest[:32]}"

    @property
    def machine(self) -> str:
        """The ARN of its state machine."""
        return f"{os.environ['MACHINES']}-{MACHINES.get(self.operation, 'change')}"


def start(asked: Asked, context: LambdaContext) -> dict[str, Any]:
    """The run of a request, started unless it has been.

    Raises:
        IdempotencyAlreadyInProgressError: a repeat is being answered right now.
        IdempotencyValidationError: the key was used for another request.
    """
    told = asked.told
    return once(
        "start",
        f"{asked.caller} {asked.key}" if asked.key else told,
        told,
        lambda: _begin(asked),
        seconds=KEYED_SECONDS if asked.key else UNKEYED_SECONDS,
        context=context,
    )


def _begin(asked: Asked) -> dict[str, Any]:
    states = client("stepfunctions")
    try:
        states.start_execution(
            stateMachineArn=asked.machine, name=asked.run.rpartition(":")[2], input=asked.told
        )
    except states.exceptions.ExecutionAlreadyExists:
        logger.info("a repeated request", extra={"run": asked.run})
    return {"run": asked.run, "tenant": asked.given["tenant"]}
