"""Twelve months ahead, with a stated growth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from config.usage import Usage
from ops.cost.bill import bill_of
from ops.cost.line import Line
from ops.cost.reading import Reading

MONTHS = 12
DO_NOT_GROW = ("app_runner_active_share", "images_gb", "job_hours", "custom_metrics")
"""What more visitors do not make more of."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a projection."""

    number: int
    usd: float
    """Of everything that has a price."""
    growth: float
    """How many times the first month's use."""


def projection(reading: Reading, *, monthly_growth: float) -> Iterator[Month]:
    """Each of the next twelve months.

    Usage grows by ``monthly_growth`` (0.1 is a tenth) each month, and the number of tasks as much, between
    the smallest and the largest scale-out. The phase stays: a step of growth is a decision.
    """
    for number in range(1, MONTHS + 1):
        growth = (1 + monthly_growth) ** (number - 1)
        lines = bill_of(_grown(reading, growth)).lines
        yield Month(number, sum(_usd(line, growth) for line in lines), growth)


def _usd(line: Line, growth: float) -> float:
    if line.price is None:
        return 0
    if line.grows == "with tasks":
        return min(line.low * growth, line.high) * line.price.usd
    return line.low * line.price.usd


def _grown(reading: Reading, growth: float) -> Reading:
    usage = reading.usage
    grown = {
        name: getattr(usage, name) * (1 if name in DO_NOT_GROW else growth) for name in Usage.model_fields
    }
    environment = reading.deployment.environment.model_copy(update={"usage": Usage(**grown)})
    return replace(reading, deployment=reading.deployment.model_copy(update={"environment": environment}))
