"""Reads a synthesised app: plain JSON, so that a test costs nothing once the app has been synthesised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.assembly import manifest
from ops.reachability import Templates

PATH = "aws:cdk:path"


@dataclass(frozen=True)
class Resource:
    """One resource of one stack."""

    role: str
    """The role of its stack, such as ``data``."""
    logical_id: str
    body: dict[str, Any]

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return str(self.body["Type"])

    @property
    def properties(self) -> dict[str, Any]:
        """What CloudFormation is told about it."""
        properties: dict[str, Any] = self.body.get("Properties", {})
        return properties

    @property
    def path(self) -> str:
        """Its construct path below the stack."""
        return str(self.body.get("Metadata", {}).get(PATH, "")).partition("/")[2]

    @property
    def outlives_its_stack(self) -> bool:
        """Whether it stays when its stack is deleted, or when it leaves the template."""
        return self.body.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate", "Snapshot")

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


@dataclass(frozen=True)
class Assembly:
    """A synthesised app, with its stacks by role: ``network``, ``data``, ``compute``, ..."""

    folder: Path
    only: frozenset[str] | None = None
    """Names of the stacks to look at, where roles alone would not tell them apart."""

    @cached_property
    def stacks(self) -> dict[str, manifest.Stack]:
        """Each stack by the last word of its name."""
        return {
            stack.name.rpartition("-")[2]: stack
            for stack in manifest.read(self.folder).stacks
            if self.only is None or stack.name in self.only
        }

    @cached_property
    def inside(self) -> dict[str, manifest.Stack]:
        """Templates that are assets and no stack of the app, such as that of tenants, by folder."""
        return {
            written.parent.name: stack
            for written in sorted(self.folder.glob("tenant-*/manifest.json"))
            for stack in manifest.read(written.parent).stacks
        }

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Each template by stack name."""
        return {stack.name: stack.template for stack in self.stacks.values()}

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource of every stack."""
        return _resources(self.stacks)

    @cached_property
    def resources_inside(self) -> tuple[Resource, ...]:
        """Every resource of the templates that are assets."""
        return _resources(self.inside)

    def of_type(self, type_name: str, role: str | None = None) -> list[Resource]:
        """Every resource of a type."""
        return [one for one in self.resources if one.type == type_name and role in (None, one.role)]

    def the(self, type_name: str, role: str | None = None, **properties: Any) -> Resource:
        """The one resource of a type, or the one of them with these properties."""
        found = [
            one
            for one in self.of_type(type_name, role)
            if all(one.properties.get(name) == value for name, value in properties.items())
        ]
        assert len(found) == 1, f"{len(found)} {type_name} with {properties}"
        return found[0]

    def at(self, role: str, path: str) -> Resource:
        """The resource at a construct path."""
        found = [one for one in self.resources if (one.role, one.path) == (role, path)]
        assert len(found) == 1, f"{len(found)} resources at {role}/{path}"
        return found[0]

    def outputs(self, role: str) -> dict[str, Any]:
        """The outputs of a stack."""
        outputs: dict[str, Any] = self.stacks[role].template.get("Outputs", {})
        return outputs

    def target(self, role: str, value: object) -> Resource | None:
        """What a reference found in a stack leads to, through other stacks if need be."""
        found = Templates(self.templates).target(self.stacks[role].name, value)
        if found is None:
            return None
        body = self.templates[found.stack]["Resources"][found.logical_id]
        return Resource(found.stack.rpartition("-")[2], found.logical_id, body)

    def targets(self, role: str, values: list[object]) -> list[Resource]:
        """What each reference leads to; each must lead somewhere."""
        found = [self.target(role, value) for value in values]
        assert None not in found, values
        return [one for one in found if one is not None]

    def statements(self, role: Resource) -> list[dict[str, Any]]:
        """What the policies of an IAM role say."""
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy", role.role)
            if {"Ref": role.logical_id} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def _resources(stacks: Mapping[str, manifest.Stack]) -> tuple[Resource, ...]:
    return tuple(
        Resource(role, logical_id, body)
        for role, stack in stacks.items()
        for logical_id, body in stack.template["Resources"].items()
    )


def walk(value: object, key: str | None = None) -> Iterator[tuple[str | None, object]]:
    """Every value below ``value`` with the key it is under."""
    yield key, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from walk(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, key)


def text(value: object) -> str:
    """A string as it reads when CloudFormation joins it, with references as ``<name>``."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(text(part) for part in parts)
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
    return "<reference>"
