"""What the step does to one resource, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from ops.plan.side import Resource
from ops.reachability.templates import Address


class Verdict(IntEnum):
    """What happens to a resource, from nothing to the worst."""

    NONE = 0
    """Nothing."""
    CREATES = 1
    """It comes into being."""
    IN_PLACE = 2
    """It is changed while it works."""
    INTERRUPTS = 3
    """It is changed, and away or slow meanwhile."""
    MAY_REPLACE = 4
    """AWS decides during the deploy whether it becomes a new one."""
    REPLACES = 5
    """It becomes a new one; the old one goes, or is left behind."""
    DELETES = 6
    """It goes."""
    ORPHANS = 7
    """It stays where it is, and nobody manages it any more."""
    MOVES = 8
    """It is written in another stack, which CloudFormation cannot do: a second one is made there."""

    @property
    def words(self) -> str:
        """As tables and JSON say it."""
        return WORDS[self]


WORDS = {
    Verdict.NONE: "none",
    Verdict.CREATES: "creates",
    Verdict.IN_PLACE: "in place",
    Verdict.INTERRUPTS: "in place with interruption",
    Verdict.MAY_REPLACE: "may replace",
    Verdict.REPLACES: "replaces",
    Verdict.DELETES: "deletes",
    Verdict.ORPHANS: "orphans",
    Verdict.MOVES: "moves",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a verdict."""

    verdict: Verdict
    subject: str
    """The property, or ``Type``; empty when it is about the whole resource."""
    why: str
    origin: Address | None = None
    """The resource whose change this one follows."""


@dataclass(frozen=True, slots=True)
class Change:
    """A resource and what happens to it."""

    address: Address
    verdict: Verdict
    before: Resource | None
    after: Resource | None
    causes: tuple[Cause, ...] = ()
    touched: frozenset[str] = field(default_factory=frozenset)
    """Names of the properties whose own text changes; what follows from another resource is not in it."""
    became: Address | None = None
    """What looks like the same thing under another name or in another stack."""

    @property
    def resource(self) -> Resource:
        """The resource, as it was if it was there."""
        found = self.before or self.after
        if found is None:
            raise ValueError(f"{self.address} is on neither side")
        return found

    @property
    def latest(self) -> Resource:
        """The resource as it becomes, or as it was if it goes."""
        return self.after or self.resource

    @property
    def goes(self) -> bool:
        """Whether what exists now is not what is used afterwards, for certain."""
        return self.verdict >= Verdict.REPLACES


def worst(causes: Iterable[Cause]) -> Verdict:
    """The verdict that all of the causes together make."""
    return max((cause.verdict for cause in causes), default=Verdict.NONE)
