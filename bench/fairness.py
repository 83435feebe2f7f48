"""Whether two assemblies describe the same: a comparison of unequal apps would prove nothing."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import MeasurementError


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two assemblies are, beyond having the same resource types in every stack."""

    stacks: int
    resources: int
    identical: int
    """Resources whose every property, logical id included, is the same."""

    def __str__(self) -> str:
        """For a person."""
        return (
            f"the same resource types in each of {self.stacks} stacks; {self.identical} of "
            f"{self.resources} resources are the same to the last property and logical id"
        )


def compare(ours: Path, other: Path) -> Likeness:
    """Compare the templates of two assemblies.

    Raises:
        MeasurementError: a stack is missing, or has other resource types; the message lists them.
    """
    mine, theirs = _templates(ours), _templates(other)
    differences = [
        line for name in sorted(mine.keys() | theirs.keys()) for line in _differences(name, mine, theirs)
    ]
    if differences:
        listed = "\n".join(f"  {line}" for line in differences)
        raise MeasurementError(
            f"the two apps do not describe the same; bring bench/javascript up to date:\n{listed}"
        )
    identical = sum(
        resource == theirs[name].get(logical_id)
        for name, resources in mine.items()
        for logical_id, resource in resources.items()
    )
    return Likeness(len(mine), sum(map(len, mine.values())), identical)


def _differences(name: str, mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    if name not in mine or name not in theirs:
        return [f"{name}: only in {'ours' if name in mine else 'the other'}"]
    one, two = _types(mine[name]), _types(theirs[name])
    return [
        f"{name}: {one[kind]} of {kind} in ours, {two[kind]} in the other"
        for kind in sorted(one.keys() | two.keys())
        if one[kind] != two[kind]
    ]


def _types(resources: dict[str, Any]) -> Counter[str]:
    return Counter(resource["Type"] for resource in resources.values())


def _templates(assembly: Path) -> dict[str, Any]:
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text()).get("Resources", {})
        for path in sorted(assembly.glob("*.template.json"))
    }
