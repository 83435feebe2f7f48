"""Connections, the halves of them that security groups write down, and what is wrong with a set of halves."""

from collections.abc import Iterable, Iterator, Set
from typing import Literal, NamedTuple, Self

from config.access import INTERNET, NOWHERE, AccessRule
from config.network import PRIVATE_SUBNETS

PORTS = (0, 65535)
EVERYWHERE = ("0.0.0.0/0", "::/0")
"""What AWS calls the internet."""

Way = Literal["in", "out"]


class Connection(NamedTuple):
    """``source`` may open connections to some ports of ``target``."""

    source: str
    target: str
    ports: tuple[int, int]
    protocol: str = "tcp"

    @classmethod
    def asked(cls, rule: AccessRule) -> Self:
        """The connection that a line of the access table asks for."""
        return cls(rule.source, rule.target, (rule.port, rule.port))

    @property
    def door(self) -> str:
        """The ports, as a person says them."""
        first, last = self.ports
        ports = str(first) if first == last else f"{first}-{last}"
        return {"all": "all", "tcp": ports}.get(self.protocol, f"{ports} {self.protocol}")

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}:{self.door}"


class Half(NamedTuple):
    """One half of a connection, as one group has it: the way out of the caller, or into the called."""

    connection: Connection
    way: Way

    def __str__(self) -> str:
        one, other = ("out of", self.connection.source), ("into", self.connection.target)
        preposition, group = one if self.way == "out" else other
        return f"{self.connection} (way {preposition} {group})"


def half(group: str, way: Way, peer: str, protocol: object, ports: tuple[object, object]) -> Half | None:
    """What a rule of ``group`` says, in whichever words AWS wrote it; None if it lets nothing through.

    Args:
        group: Whose rule it is.
        way: Which half.
        peer: A group's name, or a range of addresses.
        protocol: A name or a number; -1 is all of them.
        ports: The first and the last; not looked at where all protocols are meant.
    """
    if peer == NOWHERE:
        return None
    other = INTERNET if peer in EVERYWHERE else peer
    spoken = {"-1": "all", "6": "tcp"}.get(str(protocol), str(protocol))
    first, last = PORTS if spoken == "all" else (int(str(ports[0])), int(str(ports[1])))
    ends = (group, other) if way == "out" else (other, group)
    return Half(Connection(*ends, (first, last), spoken), way)


def from_private_subnets(halves: Set[Half], cidrs: Set[str]) -> set[Half]:
    """``halves`` with one way in from the private subnets, where each of their ranges of addresses has it.

    Where a range is left out the others stay as they are written, so that the difference is seen.
    """
    found = set(halves)
    for one in halves:
        every = {one._replace(connection=one.connection._replace(source=cidr)) for cidr in cidrs}
        if one.way == "in" and one in every and every <= halves:
            found -= every
            found.add(one._replace(connection=one.connection._replace(source=PRIVATE_SUBNETS)))
    return found


def expected(rules: Iterable[AccessRule]) -> frozenset[Half]:
    """The halves the rules ask for; neither the internet nor a subnet has a group to write one for."""
    wanted = [Connection.asked(rule) for rule in rules]
    outs = {Half(one, "out") for one in wanted if one.source not in (INTERNET, PRIVATE_SUBNETS)}
    return frozenset(outs | {Half(one, "in") for one in wanted if one.target != INTERNET})


def compare(rules: Iterable[AccessRule], written: Set[Half]) -> Iterator[str]:
    """One line per half that is missing, and per half that nobody asked for.

    A half that is missing serves nobody; a half too many is a door nobody asked for.
    """
    asked = expected(rules)
    yield from (f"missing {one}" for one in sorted(asked - written))
    yield from (f"not in the access rules: {one}" for one in sorted(written - asked))
