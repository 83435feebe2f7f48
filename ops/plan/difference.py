"""Which values of two resolved descriptions differ for CloudFormation."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.plan.value import Chosen


def same(one: object, other: object) -> bool:
    """Whether CloudFormation sees no difference: it compares scalars as text, so ``50`` is ``"50"``."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, Chosen) and isinstance(other, Chosen):
        return _chooses_the_same(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if one is None or other is None:
        return one is other
    return _scalar(one) == _scalar(other)


def _chooses_the_same(one: Chosen, other: Chosen) -> bool:
    """Whether nobody who has chosen gets another value: what can be chosen besides is nobody's yet."""
    both = one.options.keys() & other.options.keys()
    return bool(both) and same(one.by, other.by) and all(same(one.options[k], other.options[k]) for k in both)


def _scalar(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | str) else value


def at(properties: Mapping[str, Any], pointer: Sequence[str]) -> Any:
    """What stands at a pointer; None where nothing does, and a list where ``*`` goes through items."""
    value: Any = properties
    for number, name in enumerate(pointer):
        if name == "*":
            rest = pointer[number + 1 :]
            return [at(item, rest) for item in value] if isinstance(value, list) else None
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """Names of the properties that differ."""
    return frozenset(
        name for name in before.keys() | after.keys() if not same(before.get(name), after.get(name))
    )
