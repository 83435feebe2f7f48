"""One side of a step: every stack of a deployment, with its resources by address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.assembly import manifest
from ops.outcome import ExitCode, OperatorError
from ops.reachability.templates import Address

PATH = "aws:cdk:path"
NOT_A_RESOURCE = "AWS::CDK::Metadata"
"""Written for statistics; nothing exists behind it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as a template describes it."""

    address: Address
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return str(self.body.get("Type", ""))

    @property
    def properties(self) -> Mapping[str, Any]:
        """What CloudFormation is told about it."""
        properties: Mapping[str, Any] = self.body.get("Properties") or {}
        return properties

    @property
    def path(self) -> str:
        """Its construct path below the stack; the logical id where there is none."""
        path = str((self.body.get("Metadata") or {}).get(PATH, "")).partition("/")[2]
        return path.removesuffix("/Resource").removesuffix("/Default") or self.address.logical_id

    def policy(self, kind: str) -> str | None:
        """What the template says about deletion (``DeletionPolicy``) or replacement."""
        value = self.body.get(kind)
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Stack:
    """One stack: its name, where it is, its template."""

    name: str
    account: str
    region: str
    template: Mapping[str, Any]
    protected: bool = False
    """Whether CloudFormation refuses to delete it as a whole."""
    after: tuple[str, ...] = ()
    """Stacks that deploy before it."""

    @property
    def resources(self) -> Iterator[Resource]:
        """Every resource of it."""
        for logical_id, body in (self.template.get("Resources") or {}).items():
            if body.get("Type") != NOT_A_RESOURCE:
                yield Resource(Address(self.name, logical_id), body)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Its outputs by key."""
        outputs: Mapping[str, Any] = self.template.get("Outputs") or {}
        return outputs


@dataclass(frozen=True)
class Side:
    """Every stack of one deployment."""

    stacks: Mapping[str, Stack]

    @classmethod
    def of(cls, stacks: Iterable[Stack]) -> Side:
        """The side made of these stacks, in whatever order."""
        return cls({stack.name: stack for stack in sorted(stacks, key=lambda stack: stack.name)})

    @cached_property
    def resources(self) -> Mapping[Address, Resource]:
        """Every resource of every stack."""
        return {one.address: one for stack in self.stacks.values() for one in stack.resources}

    def region(self, address: Address) -> str:
        """Where a resource is."""
        return self.stacks[address.stack].region


def read_side(folder: Path) -> Side:
    """The side that a cloud assembly describes.

    Raises:
        OperatorError: there is none in the folder, or it cannot be read.
    """
    try:
        stacks = manifest.read(folder).stacks
        return Side.of(
            Stack(
                one.name,
                one.place.account,
                one.place.region,
                one.template,
                protected=one.protected,
                after=one.after,
            )
            for one in stacks
        )
    except (OSError, KeyError, json.JSONDecodeError) as error:
        raise OperatorError(
            ExitCode.NOT_COMPARABLE,
            f"{folder} holds no cloud assembly that can be read",
            details=f"  {type(error).__name__}: {error}",
            hint="give the folder that cambium synth --out, or cdk synth -o, has written",
        ) from None
