"""Hours: when an environment sleeps, and when nothing may be deployed to it."""

from typing import Literal, Self

from pydantic import model_validator

from config.values import Model, TimeOfDay, TimeZone


class Schedule(Model):
    """When an environment is awake; outside, it is scaled to nothing."""

    wake: TimeOfDay
    sleep: TimeOfDay
    nights: bool = False
    """Stay up at night too: sleep only from Friday's ``sleep`` to Monday's ``wake``."""
    weekends: bool = False
    """Wake on Saturday and Sunday too."""
    time_zone: TimeZone = "UTC"

    @model_validator(mode="after")
    def _check_hours(self) -> Self:
        if self.nights and self.weekends:
            raise ValueError("nights and weekends must not both be True: it would never sleep")
        if not self.nights and self.wake >= self.sleep:
            raise ValueError(f"wake must be earlier than sleep ({self.sleep}), got {self.wake}")
        return self


class NoDeploys(Model):
    """A day, or the rest of it, on which nobody will be around to repair a deployment."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    after: TimeOfDay = "00:00"
    time_zone: TimeZone = "UTC"
