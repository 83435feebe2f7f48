"""Small decisions about words that every table shares."""

from config.access import INTERNET
from config.network import NAT_GROUP, PRIVATE_SUBNETS


def clip(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters; the start is what tells things apart."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def count(number: int, noun: str) -> str:
    """Such as "1 stack" or "3 stacks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def peer(name: str) -> str:
    """A group, or whoever has none of ours."""
    return _SPOKEN.get(name, name)


_SPOKEN = {
    INTERNET: "the internet",
    NAT_GROUP: "the NAT instance",
    PRIVATE_SUBNETS: "the private subnets",
}
