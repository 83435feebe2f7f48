"""What a deploy rule is: what AWS does, how to fix it, and a function that finds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cambium.deploy_rules.template import Resource, Template, Templates


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that AWS would reject, or that would bite later."""

    template: Template
    logical_id: str | None
    """None when the stack as a whole is the problem."""
    location: str
    value: Any
    because: str = ""
    """What else matters, such as the replica that makes a setting of its source wrong."""

    @property
    def found(self) -> str:
        """What is written in which template, for the report."""
        value = " missing" if self.value is None else ""
        if isinstance(self.value, str | int | float):
            value = f" = {self.value!r}"
        place = f"{self.location}{value} in {self.template.file}"
        return f"{place}; {self.because}" if self.because else place


Check = Callable[[Templates], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing about AWS that no checker knows before the deploy."""

    id: str
    says: str
    """What AWS does, in one sentence."""
    fix: str
    docs: str
    """Where that is documented."""
    check: Check


def rule(rule_id: str, *, says: str, fix: str, docs: str) -> Callable[[Check], Rule]:
    """Turn the function that finds a mistake into a Rule."""
    return lambda check: Rule(id=rule_id, says=says, fix=fix, docs=docs, check=check)


def finding(resource: Resource, *path: str, because: str = "") -> Finding:
    """A finding about the property at ``path``, with the value it has."""
    location = ".".join(("Properties", *path))
    return Finding(resource.template, resource.logical_id, location, resource.get(*path), because)
