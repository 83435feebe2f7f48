"""The template of tenants: which machine stamps it, and what that machine is told to fill in."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.tenancy import LIVING
from ops.outcome import ExitCode, OperatorError
from ops.reachability.templates import Address

FOLDER = "tenant-"
"""What a folder with a template of tenants begins with, in an assembly; the key of its region follows."""
MARK = re.compile("\ue000([0-9]+)\ue001")
"""Stands for a reference in JSON that a template writes in pieces; characters that nothing else uses."""


@dataclass(frozen=True)
class Stamp:
    """What makes stacks of tenants in a region."""

    region: str
    """Its key, such as ``eu``."""
    tier: str
    stack: str
    """The stack of the machines."""
    prefix: str
    """What names of tenants' stacks begin with; the tenant's id follows."""
    release: str
    """The value of the tag ``cambium:template`` of a tenant's stack that is made from it."""
    place: Mapping[str, Any]
    """Parameters that are the same for every tenant here, as the machines' template writes them."""

    @property
    def title(self) -> str:
        """Whom a change of the template is about."""
        return f"every {self.tier} tenant in {self.region}"


def stamped_folders(assembly: Path) -> Iterator[tuple[str, Path]]:
    """Each folder with a template of tenants, by the key of its region."""
    for written in sorted(assembly.glob(f"{FOLDER}*/manifest.json")):
        yield written.parent.name.removeprefix(FOLDER), written.parent


def stamp_of(region: str, resources: Iterable[tuple[Address, Mapping[str, Any]]]) -> Stamp:
    """What stamps the template of a region, found among the resources of the assembly.

    Raises:
        OperatorError: no function of it is told of this region's tenants.
    """
    for where, properties in resources:
        variables = (properties.get("Environment") or {}).get("Variables") or {}
        if not {"TIER", "PLACE", "RELEASE"} <= variables.keys():
            continue
        tier = told(variables["TIER"])
        if tier["region_key"] == region:
            release, place = str(variables["RELEASE"]), told(variables["PLACE"])
            return Stamp(region, tier["tier"], where.stack, tier["stack_prefix"], release, place)
    raise OperatorError(
        ExitCode.NOT_COMPARABLE,
        f"{FOLDER}{region} has a template of tenants, and no function in the assembly stamps it",
        hint="synthesise the whole app; what tenants' stacks are given cannot be known from a part of it",
    )


def told(written: object) -> dict[str, Any]:
    """The object that a template writes as JSON in pieces, its values with the references in them."""
    pieces = _pieces(written)
    text = "".join(one if isinstance(one, str) else f"\ue000{n}\ue001" for n, one in enumerate(pieces))
    found: dict[str, Any] = json.loads(text)
    return {name: _referring(value, pieces) for name, value in found.items()}


def _pieces(written: object) -> list[Any]:
    match written:
        case {"Fn::Join": ["", list(pieces)]}:
            return pieces
    return [written]


def _referring(value: object, pieces: list[Any]) -> Any:
    if not isinstance(value, str) or not MARK.search(value):
        return value
    parts = MARK.split(value)  # text and numbers take turns
    return {"Fn::Join": ["", [pieces[int(one)] if n % 2 else one for n, one in enumerate(parts)]]}


def alive(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """The template as every tenant that is there has it, whatever it is like on the way into being."""

    def filled(value: Any) -> Any:
        match value:
            case {"Ref": str(name), **rest} if name in LIVING and not rest:
                return LIVING[name]
            case dict():
                return {key: filled(item) for key, item in value.items()}
            case list():
                return [filled(item) for item in value]
        return value

    whole: Mapping[str, Any] = filled(dict(template))
    return whole
