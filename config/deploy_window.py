"""When nothing is deployed: the hours an environment states as moments, whatever zone they are in."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.schedule import NoDeploys
from config.values import ConfigError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD_DAYS = 35
"""As long as GitHub lets a deployment wait for its approval, and a few days more."""


class Closed(NamedTuple):
    """From when until when; both in UTC, the end not included."""

    since: datetime
    until: datetime


def closed_hours(rules: Iterable[NoDeploys], now: datetime, days: int = AHEAD_DAYS) -> list[Closed]:
    """Every closed time that ends after ``now``, for so many days; what touches is one.

    Raises:
        ConfigError: there is no such time zone.
    """
    merged: list[Closed] = []
    for one in sorted(found for rule in rules for found in _of(rule, now, days)):
        if merged and one.since <= merged[-1].until:
            merged[-1] = Closed(merged[-1].since, max(merged[-1].until, one.until))
        else:
            merged.append(one)
    return [one for one in merged if one.until > now]


def closed_until(rules: Iterable[NoDeploys], now: datetime) -> datetime | None:
    """When it opens again; None while it is open."""
    return next((one.until for one in closed_hours(rules, now) if one.since <= now), None)


def _of(rule: NoDeploys, now: datetime, days: int) -> Iterator[Closed]:
    zone = _zone(rule)
    hour, minute = map(int, rule.after.split(":"))
    today = now.astimezone(zone).date()
    # Yesterday's too: its end may be ahead where a day is longer than a day.
    for offset in range(-1, days):
        day = today + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] == rule.day:
            start = datetime.combine(day, time(hour, minute), zone)
            end = datetime.combine(day + timedelta(days=1), time(), zone)
            yield Closed(start.astimezone(UTC), end.astimezone(UTC))


def _zone(rule: NoDeploys) -> ZoneInfo:
    try:
        return ZoneInfo(rule.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"time_zone of no_deploys on {rule.day} must be one that exists, such as Europe/Berlin, "
            f"got {rule.time_zone!r}"
        ) from None
