"""What a changed property does to its resource: from the registry's schema, and from what is reviewed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.plan.conditional import CONDITIONS
from ops.plan.difference import at, same
from ops.plan.interruption import interruption
from ops.plan.schema import Schema, is_custom, schema_of
from ops.plan.side import Resource
from ops.plan.value import Link, links
from ops.plan.verdict import Cause, Verdict
from ops.reachability.templates import Address

SERVICE_TOKEN = "ServiceToken"  # noqa: S105 - what CloudFormation calls the function's address
NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Following:
    """A value that changes although no text does, because another resource changes."""

    link: Link
    certain: bool

    @property
    def origin(self) -> Address:
        """The resource it is a value of."""
        return self.link.target


@dataclass(frozen=True, slots=True)
class Compared:
    """A resource on both sides, with resolved properties, and what of them follows other resources."""

    before: Resource
    after: Resource
    region: str
    was: Mapping[str, Any]
    becomes: Mapping[str, Any]
    following: Mapping[Link, bool]
    """Links whose value changes; whether that is certain."""
    existence: tuple[Any, Any] = (None, None)
    """The resolved condition that decides whether it exists, before and after."""

    def follows(self, value: object) -> Following | None:
        """The first link in ``value`` whose own value changes, one that is certain before others."""
        found = [Following(link, self.following[link]) for link in links(value) if link in self.following]
        return next((one for one in found if one.certain), found[0] if found else None)


def causes(one: Compared) -> Iterator[Cause]:
    """Every reason why the resource is not what it was."""
    if one.before.type != one.after.type:
        why = f"{one.before.type} becomes {one.after.type}"
        yield Cause(Verdict.REPLACES, "Type", why)
        return
    if not same(*one.existence):
        yield Cause(Verdict.MAY_REPLACE, "Condition", "a condition decides anew whether it exists")
    schema = schema_of(one.after.type, one.region)
    for name in sorted(one.was.keys() | one.becomes.keys()):
        yield from _property(one, schema, name)


def _property(one: Compared, schema: Schema | None, name: str) -> Iterator[Cause]:
    was, becomes = one.was.get(name), one.becomes.get(name)
    followed = one.follows(becomes)
    if same(was, becomes) and followed is None:
        return
    if schema is None or one.after.type == NESTED:
        yield _unknown(one, name, followed)
        return
    found = [*_create_only(one, schema, name), *_conditional(one, schema, name)]
    yield from found or [_in_place(one, name, followed)]


def _create_only(one: Compared, schema: Schema, name: str) -> Iterator[Cause]:
    for pointer in schema.create_only:
        if pointer[0] == name:
            yield from _pointed(one, pointer)


def _pointed(one: Compared, pointer: tuple[str, ...]) -> Iterator[Cause]:
    was, becomes = at(one.was, pointer), at(one.becomes, pointer)
    subject = ".".join(part for part in pointer if part != "*")
    if not same(was, becomes):
        yield Cause(Verdict.REPLACES, subject, "it can only be said when the resource is made")
        return
    followed = one.follows(becomes)
    if followed is not None:
        verdict = Verdict.REPLACES if followed.certain else Verdict.MAY_REPLACE
        yield Cause(verdict, subject, _following(followed), followed.origin)


def _conditional(one: Compared, schema: Schema, name: str) -> Iterator[Cause]:
    for pointer in schema.conditional:
        was, becomes = at(one.was, pointer), at(one.becomes, pointer)
        followed = one.follows(becomes)
        if pointer[0] != name or (same(was, becomes) and followed is None):
            continue
        condition = CONDITIONS.get((one.after.type, ".".join(pointer)))
        if condition is None:
            why = "the registry says that it may, and not when"
            yield Cause(Verdict.MAY_REPLACE, name, why, followed.origin if followed else None)
            continue
        verdict = condition.decide(was, becomes, dict(one.becomes))
        if verdict == Verdict.REPLACES and same(was, becomes) and not (followed and followed.certain):
            verdict = Verdict.MAY_REPLACE
        yield Cause(verdict, name, condition.why, followed.origin if followed else None)


def _in_place(one: Compared, name: str, followed: Following | None) -> Cause:
    known = interruption(one.after.type, name)
    origin = followed.origin if followed else None
    if known is not None:
        return Cause(Verdict.INTERRUPTS, name, known.what, origin)
    return Cause(Verdict.IN_PLACE, name, _following(followed) if followed else "", origin)


def _unknown(one: Compared, name: str, followed: Following | None) -> Cause:
    origin = followed.origin if followed else None
    if not is_custom(one.after.type):
        nested = "nobody has looked inside the nested stack"
        why = nested if one.after.type == NESTED else "the registry does not know this type"
        return Cause(Verdict.MAY_REPLACE, name, why, origin)
    if name == SERVICE_TOKEN:
        return Cause(Verdict.MAY_REPLACE, name, "another function answers for it", origin)
    return Cause(Verdict.IN_PLACE, name, "its function is called and decides what it means", origin)


def _following(followed: Following) -> str:
    doubt = "" if followed.certain else " may"
    verb = "changes" if followed.certain else "change"
    attribute = followed.link.attribute or "name"
    return f"{attribute} of {followed.origin.logical_id}{doubt} {verb}"
