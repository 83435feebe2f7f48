"""Resolved values: plain data in which every reference is a ``Link``."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ops.reachability.templates import Address

Via = Literal["its stack", "an export", "a stack output", "a parameter in SSM", "a stamp"]
"""The way a value takes: inside its stack, held by an export, read at deploy time, through SSM, or given by
the machine that stamps a template."""


@dataclass(frozen=True, slots=True)
class Link:
    """A value that some resource has: what ``Ref`` (empty attribute) or ``Fn::GetAtt`` give."""

    target: Address
    attribute: str
    via: Via = "its stack"


@dataclass(frozen=True, slots=True)
class Dangling:
    """A value from somewhere else: a parameter, or a stack or export that is not of this deployment."""

    name: str
    default: str = ""


@dataclass(frozen=True)
class Chosen:
    """One of several values, by something that differs from stack to stack, such as the size of a tenant."""

    by: Any
    options: Mapping[str, Any]


def links(value: object) -> Iterator[Link]:
    """Every link in a resolved value."""
    match value:
        case Link():
            yield value
        case Chosen():
            yield from links([value.by, value.options])
        case Mapping():
            yield from links(list(value.values()))
        case list():
            for item in value:
                yield from links(item)


def by_way_of(via: Via, value: object) -> Any:
    """The same value, with its links held the way that the consumer holds them."""
    if isinstance(value, Link):
        return Link(value.target, value.attribute, via)
    if isinstance(value, Mapping):
        return {key: by_way_of(via, item) for key, item in value.items()}
    if isinstance(value, list):
        return [by_way_of(via, item) for item in value]
    return value


def joined(separator: str, parts: list[Any]) -> Any:
    """The parts as one list without neighbouring pieces of text; a text when nothing else is left."""
    flat: list[Any] = []
    for number, part in enumerate(parts):
        inner = _pieces(part)
        for piece in [separator, *inner] if number and separator else inner:
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if all(isinstance(piece, str) for piece in flat):
        return "".join(flat)
    return flat[0] if len(flat) == 1 else {"Fn::Join": ["", flat]}


def spoken(value: object) -> str:
    """A value as people read it, what is not known in angle brackets."""
    match value:
        case Dangling():
            return f"<{value.name}>"
        case Link():
            return f"<{value.attribute or 'name'} of {value.target.logical_id}>"
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(spoken(part) for part in parts)
        case str():
            return value
    return json.dumps(value, default=spoken)


def _pieces(part: Any) -> list[Any]:
    match part:
        case {"Fn::Join": ["", list(pieces)]}:
            return list(pieces)
    return [part]
