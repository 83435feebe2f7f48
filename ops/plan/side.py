"""One side of a step: every stack of a deployment, and of every tenant, with its resources by address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.assembly import manifest
from ops.outcome import ExitCode, OperatorError
from ops.plan.stamp import Stamp, alive, stamp_of, stamped_folders
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
    stamp: Stamp | None = None
    """What stamps its template for every tenant; None for a stack that is deployed as it is."""

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
    """Every stack of one deployment, and beside them the templates that machines stamp for tenants."""

    stacks: Mapping[str, Stack]
    tenants: Mapping[str, Stack] = field(default_factory=dict)
    """By whom they are for, such as ``every enterprise tenant in eu``. Nothing deploys them."""

    @classmethod
    def of(cls, stacks: Iterable[Stack], tenants: Iterable[Stack] = ()) -> Side:
        """The side made of these stacks, in whatever order."""
        return cls(_by_name(stacks), _by_name(tenants))

    @cached_property
    def whole(self) -> Side:
        """The side in which a template of tenants is a stack like any other."""
        return Side({**self.stacks, **self.tenants})

    def without(self, names: Iterable[str]) -> Side:
        """The side less some stacks."""
        left_out = frozenset(names)
        return Side({name: one for name, one in self.stacks.items() if name not in left_out}, self.tenants)

    @cached_property
    def resources(self) -> Mapping[Address, Resource]:
        """Every resource of every stack."""
        return {one.address: one for stack in self.stacks.values() for one in stack.resources}

    @property
    def deployed(self) -> Iterator[Resource]:
        """Every resource of a stack that is deployed, and is not of a tenant's."""
        return (one for stack in self.stacks.values() if stack.stamp is None for one in stack.resources)

    @cached_property
    def stamped(self) -> Mapping[str, Stamp]:
        """What stamps those of its stacks that are templates of tenants."""
        return {name: one.stamp for name, one in self.stacks.items() if one.stamp is not None}

    def region(self, address: Address) -> str:
        """Where a resource is."""
        return self.stacks[address.stack].region


def read_side(folder: Path) -> Side:
    """The side that a cloud assembly describes.

    Templates of tenants are in it as folders of their own, and as assets of the stack that stamps them.

    Raises:
        OperatorError: there is none in the folder, or it cannot be read.
    """
    try:
        stacks = [_stack(one) for one in manifest.read(folder).stacks]
        return Side.of(stacks, _of_tenants(folder, stacks))
    except (OSError, KeyError, json.JSONDecodeError) as error:
        raise OperatorError(
            ExitCode.NOT_COMPARABLE,
            f"{folder} holds no cloud assembly that can be read",
            details=f"  {type(error).__name__}: {error}",
            hint="give the folder that cambium synth --out, or cdk synth -o, has written",
        ) from None


def _stack(one: manifest.Stack) -> Stack:
    place = one.place
    return Stack(
        one.name, place.account, place.region, one.template, protected=one.protected, after=one.after
    )


def _of_tenants(folder: Path, stacks: Iterable[Stack]) -> Iterator[Stack]:
    resources = [one for stack in stacks for one in stack.resources]
    for region, inside in stamped_folders(folder):
        stamp = stamp_of(region, ((one.address, one.properties) for one in resources))
        for one in manifest.read(inside).stacks:
            yield replace(_stack(one), name=stamp.title, template=alive(one.template), stamp=stamp)


def _by_name(stacks: Iterable[Stack]) -> dict[str, Stack]:
    return {stack.name: stack for stack in sorted(stacks, key=lambda stack: stack.name)}
