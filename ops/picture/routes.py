"""Who may talk to whom, as lines: straight down to a neighbour, else round the side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from config.access import CACHE, DATABASE, INTERNET, LOAD_BALANCER, POOL, POOL_DOOR, VOLUME, AccessRule
from ops.picture.things import Row
from ops.picture.words import ports

NOUNS = {DATABASE: "PostgreSQL", POOL: "PostgreSQL", POOL_DOOR: "PostgreSQL", CACHE: "cache", VOLUME: "files"}


@dataclass(frozen=True, slots=True)
class Link:
    """Everything one party may open to another."""

    source: str
    target: str
    rules: tuple[AccessRule, ...]

    @property
    def label(self) -> str:
        """The ports, and what they are where a port number says little."""
        numbers = ports(rule.port for rule in self.rules)
        if self.source == INTERNET:
            return f"visitors {numbers}"
        if self.source == LOAD_BALANCER:
            return f"requests {numbers}"
        return f"{NOUNS.get(self.target, '')} {numbers}".strip()


@dataclass(slots=True)
class Lane:
    """A line round the side to one party, which everybody who may talk to it joins."""

    target: str
    links: list[Link]
    position: int = 0
    """0 is next to the rows."""
    span: range = field(default_factory=lambda: range(0))

    @property
    def label(self) -> str:
        """The words at its end."""
        numbers = ports(rule.port for link in self.links for rule in link.rules)
        return f"{NOUNS.get(self.target, '')} {numbers}".strip()


@dataclass(frozen=True, slots=True)
class Routes:
    """All lines of a network."""

    inward: tuple[Link, ...]
    """From the internet."""
    outward: tuple[Link, ...]
    """To the internet."""
    straight: tuple[Link, ...]
    """To the next row."""
    lanes: tuple[Lane, ...]

    @property
    def lanes_wide(self) -> int:
        """How many lines run side by side."""
        return max((lane.position + 1 for lane in self.lanes), default=0)


def routes(rules: Iterable[AccessRule], rows: list[Row]) -> Routes:
    """How each connection of the table is drawn, for rows in that order."""
    place = {row.party: index for index, row in enumerate(rows)}
    links = list(_links(rules))
    inner = [link for link in links if INTERNET not in (link.source, link.target)]
    straight = tuple(link for link in inner if place[link.target] == place[link.source] + 1)
    return Routes(
        inward=tuple(link for link in links if link.source == INTERNET),
        outward=tuple(link for link in links if link.target == INTERNET),
        straight=straight,
        lanes=_lanes([link for link in inner if link not in straight], place),
    )


def _links(rules: Iterable[AccessRule]) -> Iterator[Link]:
    def ends(rule: AccessRule) -> tuple[str, str]:
        return rule.source, rule.target

    for (source, target), found in groupby(sorted(rules, key=ends), key=ends):
        yield Link(source, target, tuple(found))


def _lanes(links: list[Link], place: dict[str, int]) -> tuple[Lane, ...]:
    """A lane for each target, the short ones inside, none on top of another."""
    lanes = []
    for target in sorted({link.target for link in links}, key=lambda party: place[party]):
        joining = [link for link in links if link.target == target]
        ends = [place[target], *(place[link.source] for link in joining)]
        lanes.append(Lane(target, joining, span=range(min(ends), max(ends) + 1)))
    lanes.sort(key=lambda lane: (len(lane.span), lane.span.start))
    for number, lane in enumerate(lanes):
        taken = {other.position for other in lanes[:number] if set(other.span) & set(lane.span)}
        lane.position = min(set(range(len(lanes))) - taken)
    return tuple(lanes)
