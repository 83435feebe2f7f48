"""What the bill is made from: the templates, the usage, the hours, and the prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from config.deployment import Deployment
from config.schedule import HOURS_A_WEEK
from config.usage import Usage
from ops.cost.price import Book, Price, book
from ops.plan.resolution import Resolver
from ops.plan.side import Resource, Side
from ops.plan.value import links

HOURS_A_MONTH = 730
"""As AWS counts in its own examples: 365 days in twelve months."""


@dataclass(frozen=True)
class Reading:
    """One deployment, ready to be counted."""

    side: Side
    deployment: Deployment
    prices: Book = field(default_factory=book)
    always_awake: bool = False
    """Count as if there were no schedule."""

    @property
    def usage(self) -> Usage:
        """What is assumed."""
        return self.deployment.environment.usage

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.side)

    @property
    def awake_hours(self) -> float:
        """Hours of a month in which services and database run."""
        schedule = None if self.always_awake else self.deployment.environment.schedule
        if schedule is None:
            return HOURS_A_MONTH
        # Whatever is woken before its time is paid for from then on.
        waking = len(schedule.wakes.days) * schedule.lead_minutes / 60
        return HOURS_A_MONTH * (schedule.awake_hours_a_week + waking) / HOURS_A_WEEK

    def price(self, service: str, sku: str, region: str) -> Price | None:
        """The price of something; None when unknown."""
        return self.prices.find(service, sku, region)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Every resource of these types."""
        return (one for one in self.side.resources.values() if one.type in types)

    def region(self, resource: Resource) -> str:
        """Where it is."""
        return self.side.region(resource.address)

    def by_region(self, resources: Iterable[Resource]) -> dict[str, int]:
        """How many there are in each region."""
        return dict(Counter(self.region(one) for one in resources))

    def serving(self, resources: Iterable[Resource]) -> dict[str, int]:
        """The same, of regions that serve visitors only."""
        serving = {region.name for region in self.deployment.regions}
        return {name: number for name, number in self.by_region(resources).items() if name in serving}

    def value(self, resource: Resource, name: str) -> Any:
        """A property with its references resolved."""
        return self._resolver.resolve(resource.address.stack, resource.properties.get(name))

    def target(self, resource: Resource, name: str, kind: str) -> Resource | None:
        """The first resource of type ``kind`` that a property refers to."""
        return next(
            (
                found
                for link in links(self.value(resource, name))
                if (found := self.side.resources.get(link.target)) is not None and found.type == kind
            ),
            None,
        )
