"""What a restore of the database in use to its latest moment would lose, beside what its dump would."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from database.failure import must
from recovery_watch.restorable import lag_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class PointInTime:
    """Which database of RDS, and what was promised of it."""

    identifier: str
    kind: str
    """``instance`` or ``cluster``."""
    target_minutes: float

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "PointInTime | None":
        """Read it; None where nothing was promised.

        Raises:
            SettingsError: Names the variable.
        """
        identifier = environ.get("DRILL_DATABASE")
        if not identifier:
            return None
        kind = environ.get("DRILL_DATABASE_KIND", "")
        if kind not in ("instance", "cluster"):
            raise must("DRILL_DATABASE_KIND", "instance or cluster", kind)
        told = environ.get("DRILL_POINT_IN_TIME_MINUTES", "")
        try:
            target = float(told)
        except ValueError:
            raise must("DRILL_POINT_IN_TIME_MINUTES", "a number of minutes", told) from None
        return cls(identifier=identifier, kind=kind, target_minutes=target)

    def measure(self) -> dict[str, Any]:
        """What an auditor reads: the minutes, the target, whether it is met; else why nobody can say."""
        try:
            client: Any = boto3.client("rds", config=Config(retries={"mode": "standard", "max_attempts": 5}))
            minutes = lag_minutes(client, kind=self.kind, identifier=self.identifier)
        except (ClientError, BotoCoreError) as error:
            return self._unknown(" ".join(str(error).split()))
        if minutes is None:
            return self._unknown(f"RDS names no latest restorable time of {self.kind} {self.identifier}")
        target = self.target_minutes
        return {"minutes": round(minutes, 2), "target_minutes": target, "met": minutes <= target}

    def _unknown(self, reason: str) -> dict[str, Any]:
        return {"minutes": None, "target_minutes": self.target_minutes, "met": False, "reason": reason}
