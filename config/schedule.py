"""Hours: when an environment sleeps, and when nothing may be deployed to it."""

from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from config.values import Model, TimeOfDay, TimeZone

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""Days as schedules of AWS spell them."""
WORKDAYS = DAYS[:5]
MINUTES_A_DAY = 24 * 60
HOURS_A_WEEK = 7 * 24


class Weekly(NamedTuple):
    """A time of day, on some days of each week."""

    days: tuple[str, ...]
    hour: int
    minute: int


class Schedule(Model):
    """When an environment is awake; outside, it is scaled to nothing."""

    wake: TimeOfDay
    sleep: TimeOfDay
    nights: bool = False
    """Stay up at night too: sleep only from Friday's ``sleep`` to Monday's ``wake``."""
    weekends: bool = False
    """Wake on Saturday and Sunday too."""
    time_zone: TimeZone = "UTC"
    lead_minutes: int = Field(default=15, ge=0, le=120)
    """Waking begins so long before ``wake``. A stopped database mostly takes 5 to 10 minutes to start; RDS
    promises no time."""

    @model_validator(mode="after")
    def _check_hours(self) -> Self:
        if self.nights and self.weekends:
            raise ValueError("nights and weekends must not both be True: it would never sleep")
        if not self.nights and self.wake >= self.sleep:
            raise ValueError(f"wake must be earlier than sleep ({self.sleep}), got {self.wake}")
        apart = (_minutes(self.wake) - _minutes(self.sleep)) % MINUTES_A_DAY or MINUTES_A_DAY
        if self.lead_minutes >= apart:
            raise ValueError(
                f"lead_minutes must be less than the {apart} minutes from sleep to wake, "
                f"got {self.lead_minutes}"
            )
        return self

    @property
    def wakes(self) -> Weekly:
        """When waking begins: early enough to be awake at ``wake``."""
        days = DAYS if self.weekends else WORKDAYS[:1] if self.nights else WORKDAYS
        before, minute_of_day = divmod(_minutes(self.wake) - self.lead_minutes, MINUTES_A_DAY)
        moved = tuple(DAYS[(DAYS.index(day) + before) % 7] for day in days)
        return Weekly(moved, *divmod(minute_of_day, 60))

    @property
    def sleeps(self) -> Weekly:
        """When it is put to sleep: also each day on which it should be asleep already.

        Whoever woke it by hand on a Saturday need not remember, and neither does anybody once RDS has
        started a database that was stopped for seven days.
        """
        days = DAYS[4:] if self.nights else DAYS
        return Weekly(days, *divmod(_minutes(self.sleep), 60))

    @property
    def awake_hours_a_week(self) -> float:
        """Hours of a week between ``wake`` and ``sleep``, without the lead."""
        day = _minutes(self.sleep) - _minutes(self.wake)
        if self.nights:
            return (4 * MINUTES_A_DAY + day) / 60
        return len(DAYS if self.weekends else WORKDAYS) * day / 60

    @property
    def in_words(self) -> str:
        """``awake 65 of 168 hours a week``."""
        return f"awake {self.awake_hours_a_week:g} of {HOURS_A_WEEK} hours a week"


def check_can_sleep(schedule: Schedule, *, platform: str, read_replicas: int) -> None:
    """Refuse a schedule of what cannot be stopped.

    Raises:
        ValueError: it runs on App Runner, or RDS would refuse to stop its database.
    """
    if platform != "fargate":
        raise ValueError(f"a schedule needs platform fargate, got {platform}: leave the schedule out")
    if read_replicas:
        raise ValueError(
            f"read_replicas must be 0 in an environment with a schedule, got {read_replicas}: RDS does not "
            "stop a database that has read replicas"
        )


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


class NoDeploys(Model):
    """A day, or the rest of it, on which nobody will be around to repair a deployment."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    after: TimeOfDay = "00:00"
    time_zone: TimeZone = "UTC"
