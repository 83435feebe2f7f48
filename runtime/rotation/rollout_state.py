"""Whether all that runs of a service has started after its secrets were written, whatever it runs on."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from botocore.config import Config

from connection_secrets import secret_store

PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4})
"""Without a way to AWS the defaults would outlast the function instead of failing."""
_MARGIN = timedelta(seconds=1)
"""Times of two AWS services are not compared to the millisecond."""


class State(StrEnum):
    """Where a service is on its way to what its secrets say."""

    SETTLED = "settled"
    STALE = "stale"
    """Something runs that has read its secrets before, and nothing replaces it."""
    ROLLING = "rolling"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(ABC):
    """One thing that starts and stops as a whole, and reads its secrets when it starts."""

    name: str
    secret_arns: tuple[str, ...]

    def state(self) -> State:
        """Compare what runs with the time its secrets were written."""
        written = self._written()
        return State.SETTLED if written is None else self._state(written + _MARGIN)

    def roll(self) -> bool:
        """Replace what is stale, unless that is under way; return whether it was started now."""
        if self.state() not in (State.STALE, State.FAILED):
            return False
        written = self._written()
        if written is not None:
            # What starts sooner would count as stale again.
            time.sleep(max(0.0, (written + _MARGIN - datetime.now(UTC)).total_seconds()))
        self._roll()
        return True

    def _written(self) -> datetime | None:
        times = (secret_store.composed_at(arn) for arn in self.secret_arns)
        return max((one for one in times if one is not None), default=None)

    @abstractmethod
    def _state(self, since: datetime) -> State: ...

    @abstractmethod
    def _roll(self) -> None: ...
