"""What the CloudFormation registry says of a resource type, as cfn-lint ships it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

HOME = "us-east-1"
"""Where a type is looked up that the region's list lacks."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The part of a schema that decides about updates. Pointers are tuples of names, ``*`` for items."""

    create_only: tuple[tuple[str, ...], ...]
    """A change replaces the resource."""
    conditional: tuple[tuple[str, ...], ...]
    """A change may replace the resource; the schema does not say when."""
    read_only: frozenset[str]
    """Attributes that AWS sets, and nobody writes."""
    identifier: tuple[tuple[str, ...], ...]
    """What the resource is known by."""


@cache
def schema_of(type_name: str, region: str) -> Schema | None:
    """The schema of a type in a region; None for a type the registry does not have."""
    # Here and not above: the import takes as long as all other work of a plan.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    if is_custom(type_name):
        return None
    for place in (region, HOME):
        try:
            return _read(PROVIDER_SCHEMA_MANAGER.get_resource_schema(place, type_name).schema)
        except (ResourceNotFoundError, KeyError):
            continue
    return None


def is_custom(type_name: str) -> bool:
    """Whether a function of ours answers for the resource."""
    return type_name.startswith("Custom::") or type_name == "AWS::CloudFormation::CustomResource"


def _read(schema: dict[str, Any]) -> Schema:
    def pointers(key: str) -> tuple[tuple[str, ...], ...]:
        return tuple(_parts(pointer) for pointer in schema.get(key) or ())

    return Schema(
        create_only=pointers("createOnlyProperties"),
        conditional=pointers("conditionalCreateOnlyProperties"),
        read_only=frozenset(".".join(pointer) for pointer in pointers("readOnlyProperties")),
        identifier=pointers("primaryIdentifier"),
    )


def _parts(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix("/properties/").split("/"))
