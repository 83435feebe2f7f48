"""The bill of a deployment: every line, what is free and why, and the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

# Imported so that they register what they count.
from ops.cost import compute, database, machines, network, other, security, storage, watching  # noqa: F401
from ops.cost.counting import COUNTERS
from ops.cost.free import why_free
from ops.cost.line import FAMILIES, Family, Line, merged
from ops.cost.reading import Reading
from ops.plan.side import Resource

Scale = Literal["low", "high"]

NOT_COUNTED = (
    "taxes, credits and the first year's free tier",
    "a support plan",
    "requests to S3, KMS, Secrets Manager and EFS, X-Ray traces, and tasks that a rollout adds for minutes",
    "enterprise tenants, which are made one by one: each adds its own bill",
    "whatever is not on AWS",
)
"""What no line is about."""


@dataclass(frozen=True)
class Bill:
    """A month of a deployment."""

    title: str
    lines: tuple[Line, ...]
    free: dict[str, str]
    """Types that cost nothing, with the reason."""
    budget_usd: int
    without_schedule: Bill | None = None
    """The same month without the schedule; None where there is none."""
    in_words: str = ""
    """The hours that the schedule leaves running."""

    @property
    def unknown(self) -> tuple[Line, ...]:
        """What has no price."""
        return tuple(line for line in self.lines if line.price is None)

    def total(self, scale: Scale, family: Family | None = None) -> float:
        """USD a month of everything that has a price: a lower bound while something is unknown."""
        lines = [line for line in self.lines if family in (None, line.family)]
        return sum((line.low_usd if scale == "low" else line.high_usd) or 0 for line in lines)

    @property
    def families(self) -> Iterator[Family]:
        """Those that the bill has."""
        return (one for one in FAMILIES if any(line.family == one for line in self.lines))

    @property
    def over_budget_usd(self) -> float:
        """By how much the smallest scale-out is above the budget; 0 when it fits."""
        return max(self.total("low") - self.budget_usd, 0)

    @property
    def saved_by_schedule_usd(self) -> float:
        """What the closed hours save in a month at the smallest scale-out."""
        return self.without_schedule.total("low") - self.total("low") if self.without_schedule else 0


def bill_of(reading: Reading) -> Bill:
    """Count everything in the templates."""
    deployment = reading.deployment
    resources: dict[str, list[Resource]] = {}
    for one in reading.side.resources.values():
        resources.setdefault(one.type, []).append(one)
    lines = [line for kind, these in resources.items() for line in _lines(reading, kind, these)]
    schedule = None if reading.always_awake else deployment.environment.schedule
    return Bill(
        title=f"{deployment.system} {deployment.environment.name}, phase {deployment.phase}",
        lines=tuple(merged(lines)),
        free={kind: reason for kind in sorted(resources) if (reason := why_free(kind)) is not None},
        budget_usd=deployment.monthly_budget_usd,
        without_schedule=bill_of(replace(reading, always_awake=True)) if schedule else None,
        in_words=schedule.in_words if schedule else "",
    )


def _lines(reading: Reading, kind: str, resources: Sequence[Resource]) -> Iterator[Line]:
    if kind in COUNTERS:
        yield from COUNTERS[kind](reading, resources)
    elif why_free(kind) is None:
        for region, number in Counter(reading.region(one) for one in resources).items():
            note = "a type that cambium cost does not know"
            yield Line("other", kind, region, float(number), float(number), None, "resources", note)
