"""One run of a state machine of tenants: started, waited for, and told about when it ends badly."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ops.outcome import ExitCode, OperatorError
from ops.tenants.advice import Advice

POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """A run, which goes on whoever waits for it."""

    states: Any
    """Client of Step Functions."""
    arn: str
    advice: Advice

    @classmethod
    def start(
        cls, states: Any, machine: str, operation: str, told: Mapping[str, Any], advice: Advice
    ) -> "Run":
        """Start it."""
        run = states.start_execution(
            stateMachineArn=machine, name=f"{operation}-{uuid4()}", input=json.dumps(told)
        )
        return cls(states, str(run["executionArn"]), advice)

    def finish(self, say: Callable[[str], None]) -> str:
        """Wait for its good end, and return what it answered, which is JSON.

        Args:
            say: Told the step it is at, again and again.

        Raises:
            OperatorError: it was refused, failed, or was stopped; or nobody wants to wait any longer, which
                ends the waiting and not the run.
        """
        try:
            while (found := self.states.describe_execution(executionArn=self.arn))["status"] == "RUNNING":
                say(self._step())
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            raise OperatorError(
                ExitCode.INTERRUPTED,
                "interrupted: you wait no longer, and the run goes on by itself",
                details=f"the run is {self.arn}",
                hint=self.advice.unwatched,
            ) from None
        if found["status"] != "SUCCEEDED":
            raise self._failure(found)
        return str(found["output"])

    def _failure(self, found: Mapping[str, Any]) -> OperatorError:
        cause = str(found.get("cause") or "")
        run, hint = f"the run is {self.arn}", self.advice.again
        if found.get("error") == "Refused":
            run, hint = f"nothing was changed; {run}", self.advice.refused()
        elif found["status"] != "FAILED":
            ended = "ran out of time" if found["status"] == "TIMED_OUT" else "was stopped before its end"
            cause = f"the run {ended}{f': {cause}' if cause else ''}"
        return OperatorError(
            ExitCode.TENANT, cause or "the run failed, and says no reason", details=run, hint=hint
        )

    def _step(self) -> str:
        found = self.states.get_execution_history(executionArn=self.arn, reverseOrder=True, maxResults=20)
        names = [
            one["stateEnteredEventDetails"]["name"]
            for one in found["events"]
            if "stateEnteredEventDetails" in one
        ]
        return str(names[0]).partition(":")[0] if names else "starting"
