"""Runs of the state machines of tenants: started, waited for, broken, held and stopped."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from support.broken_machine import broken, held, late
from support.embedded_place import ACCOUNT, DEADLINE_SECONDS, PREFIX, REGION, Place


class Runs(Place):
    """State machines, and what they did."""

    def machine(self, verb: str) -> str:
        """The ARN of a state machine."""
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{PREFIX}-tenants-{verb}"

    def start(self, verb: str, **told: Any) -> str:
        """Start a run."""
        run = self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine(verb), input=json.dumps(told)
        )
        return str(run["executionArn"])

    def end(self, run: str, *, seconds: float = DEADLINE_SECONDS) -> dict[str, Any]:
        """Wait for the end of a run."""
        deadline = time.monotonic() + seconds
        states = self.client("stepfunctions")
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            assert time.monotonic() < deadline, self.steps(run)[-5:]
            time.sleep(0.05)
        return dict(found)

    def run(self, verb: str, *, seconds: float = DEADLINE_SECONDS, **told: Any) -> list[str]:
        """Run it to its good end; the steps it took."""
        run = self.start(verb, **told)
        found = self.end(run, seconds=seconds)
        assert found["status"] == "SUCCEEDED", (found.get("error"), found.get("cause"), self.steps(run)[-8:])
        return self.steps(run)

    def fail(self, verb: str, *, seconds: float = DEADLINE_SECONDS, **told: Any) -> str:
        """Run it to its bad end; what it says."""
        run = self.start(verb, **told)
        found = self.end(run, seconds=seconds)
        assert found["status"] == "FAILED", self.steps(run)[-8:]
        return f"{found.get('error')}: {found.get('cause')}"

    def steps(self, run: str) -> list[str]:
        """The steps of a run so far, in order."""
        return [
            one["stateEnteredEventDetails"]["name"]
            for one in self.history(run)
            if "stateEnteredEventDetails" in one
        ]

    def history(self, run: str) -> list[dict[str, Any]]:
        """Everything Step Functions recorded of a run."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [one for page in pages.paginate(executionArn=run) for one in page["events"]]

    def runs(self, verb: str) -> set[str]:
        """Every run of a machine."""
        pages = self.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.machine(verb))
        return {one["executionArn"] for page in found for one in page["executions"]}

    def last(self, verb: str) -> str:
        """A run that succeeded."""
        found = self.client("stepfunctions").list_executions(
            stateMachineArn=self.machine(verb), statusFilter="SUCCEEDED"
        )
        return str(found["executions"][0]["executionArn"])

    def definition(self, verb: str) -> dict[str, Any]:
        """The states of a machine."""
        found = self.client("stepfunctions").describe_state_machine(stateMachineArn=self.machine(verb))
        return dict(json.loads(found["definition"]))

    @contextmanager
    def broken(self, verb: str, *steps: tuple[str, str]) -> Iterator[None]:
        """A machine whose steps fail, ``before`` they do anything or ``after``, their answer being lost."""
        whole = self.definition(verb)
        self._become(verb, broken(whole, steps))
        try:
            yield
        finally:
            self._become(verb, whole)

    @contextmanager
    def beside(self, verb: str, *steps: tuple[str, str]) -> Iterator[str]:
        """A second machine whose steps fail, as the verb that starts it; runs of the whole one go on."""
        with self._second(verb, broken(self.definition(verb), steps)) as name:
            yield name

    @contextmanager
    def held(self, verb: str, step: str) -> Iterator[str]:
        """A second machine that waits before a step until its run is stopped."""
        with self._second(verb, held(self.definition(verb), step)) as name:
            yield name

    @contextmanager
    def late(
        self, verb: str, step: str, before: str, *broken_steps: tuple[str, str], run: str = ""
    ) -> Iterator[str]:
        """A second machine in which a step that was given up does its work just before another one."""
        definition = broken(late(self.definition(verb), step, before, run=run), broken_steps)
        with self._second(verb, definition) as name:
            yield name

    def stopped(self, verb: str, step: str, *, tenant: str, **told: Any) -> str:
        """A run that somebody stops before a step."""
        with self.held(verb, step) as second:
            run = self.start(second, tenant=tenant, **told)
            self.until(lambda: f"{step}: held" in self.steps(run))
            self.client("stepfunctions").stop_execution(executionArn=run)
            assert self.end(run)["status"] == "ABORTED"
        return run

    @contextmanager
    def _second(self, verb: str, definition: Mapping[str, Any]) -> Iterator[str]:
        states, name = self.client("stepfunctions"), f"{verb}-second-{uuid4().hex[:12]}"
        made = states.create_state_machine(
            name=f"{PREFIX}-tenants-{name}",
            roleArn=states.describe_state_machine(stateMachineArn=self.machine(verb))["roleArn"],
            definition=json.dumps(definition),
        )
        try:
            yield name
        finally:
            states.delete_state_machine(stateMachineArn=made["stateMachineArn"])

    def _become(self, verb: str, definition: Mapping[str, Any]) -> None:
        self.client("stepfunctions").update_state_machine(
            stateMachineArn=self.machine(verb), definition=json.dumps(definition)
        )
