"""Reads a cloud assembly: which stacks it has, where they go, and their templates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.embedded.aws import Place


@dataclass(frozen=True)
class Stack:
    """A stack of the assembly."""

    name: str
    place: Place
    template_file: Path
    after: tuple[str, ...]
    """Names of the stacks it needs first."""
    protected: bool = False
    """Whether CloudFormation refuses to delete it as a whole."""

    @cached_property
    def template(self) -> dict[str, Any]:
        """The template as synthesised."""
        template: dict[str, Any] = json.loads(self.template_file.read_text())
        return template


@dataclass(frozen=True)
class Assembly:
    """A synthesised app."""

    folder: Path
    stacks: tuple[Stack, ...]

    @property
    def places(self) -> list[Place]:
        """Every account and region it deploys to, sorted."""
        return sorted({stack.place for stack in self.stacks})

    @property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Each template by stack name."""
        return {stack.name: stack.template for stack in self.stacks}


def read(folder: Path) -> Assembly:
    """The assembly in ``folder``, nested ones included; stacks in the order they deploy."""
    return Assembly(folder, tuple(_in_order(list(_stacks(folder)))))


def _stacks(folder: Path) -> Iterator[Stack]:
    artifacts = json.loads((folder / "manifest.json").read_text()).get("artifacts", {})
    names = {
        key: artifact.get("properties", {}).get("stackName", key)
        for key, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    for key, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if key in names:
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            yield Stack(
                name=names[key],
                place=Place(account, region),
                template_file=folder / properties["templateFile"],
                after=tuple(names[other] for other in artifact.get("dependencies", ()) if other in names),
                protected=bool(properties.get("terminationProtection")),
            )
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])


def _in_order(stacks: list[Stack]) -> Iterator[Stack]:
    done: set[str] = set()
    known = {stack.name for stack in stacks}
    while stacks:
        ready = [stack for stack in stacks if done.issuperset(known.intersection(stack.after))]
        yield from ready
        done.update(stack.name for stack in ready)
        stacks = [stack for stack in stacks if stack.name not in done]
