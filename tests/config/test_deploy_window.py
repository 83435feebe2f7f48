"""D12: nothing is deployed on Friday afternoon, wherever the clock on the wall is."""

from datetime import UTC, datetime

import pytest

from config.deploy_window import closed_hours, closed_until
from config.schedule import NoDeploys
from config.values import ConfigError

BERLIN = "Europe/Berlin"
WEEKEND = (
    NoDeploys(day="friday", after="12:00", time_zone=BERLIN),
    NoDeploys(day="saturday", time_zone=BERLIN),
    NoDeploys(day="sunday", time_zone=BERLIN),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-27T11:59:59+01:00", None),
        ("2026-11-27T12:00:00+01:00", "2026-11-30T00:00:00+01:00"),
        ("2026-11-29T23:59:59+01:00", "2026-11-30T00:00:00+01:00"),
        ("2026-11-30T00:00:00+01:00", None),
    ],
)
def test_d12_closed_from_friday_noon_until_monday(now: str, until: str | None) -> None:
    assert closed_until(WEEKEND, at(now)) == (at(until) if until else None)


def test_d12_noon_is_noon_in_the_stated_zone_in_summer_too() -> None:
    assert closed_until(WEEKEND, at("2027-07-02T09:59:00+00:00")) is None
    assert closed_until(WEEKEND, at("2027-07-02T10:00:00+00:00")) == at("2027-07-04T22:00:00+00:00")


def test_d12_it_is_friday_somewhere_else_already() -> None:
    auckland = [NoDeploys(day="friday", after="09:00", time_zone="Pacific/Auckland")]

    assert closed_until(auckland, at("2026-11-26T20:30:00+00:00")) == at("2026-11-27T11:00:00+00:00")


def test_d12_a_day_of_25_hours_is_closed_to_its_end() -> None:
    """On 25 October 2026 clocks in Berlin go back."""
    sunday = [NoDeploys(day="sunday", time_zone=BERLIN)]

    (first, *_) = closed_hours(sunday, at("2026-10-25T12:00:00+01:00"))

    assert first.until - first.since == at("2026-10-26T00:00:00+01:00") - at("2026-10-25T00:00:00+02:00")


def test_d12_a_workflow_knows_the_closed_hours_of_the_next_month() -> None:
    hours = closed_hours(WEEKEND, at("2026-11-23T08:00:00+00:00"))

    assert len(hours) == 5
    assert hours[0] == (at("2026-11-27T11:00:00+00:00"), at("2026-11-29T23:00:00+00:00"))


def test_d12_without_rules_it_is_always_open() -> None:
    assert closed_until((), at("2026-11-27T15:00:00+00:00")) is None


def test_d12_a_zone_that_does_not_exist_is_named() -> None:
    rules = [NoDeploys(day="friday", time_zone="Europe/Atlantis")]

    with pytest.raises(ConfigError, match="time_zone of no_deploys on friday must be one that exists"):
        closed_until(rules, at("2026-11-27T15:00:00+00:00"))
