"""Every resource of the deployed stacks, by type."""

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from ops.assembly.manifest import Assembly
from ops.embedded.aws import Aws, Place, Places

GONE = "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that a stack says it has."""

    stack: str
    place: Place
    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True)
class Inventory:
    """The resources of an assembly's stacks."""

    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Those of the given CloudFormation types."""
        return (resource for resource in self.resources if resource.type in types)


def take(assembly: Assembly, places: Places) -> Inventory:
    """List the resources of every stack; a stack that does not exist has none."""
    found: list[Resource] = []
    for stack in assembly.stacks:
        found += _resources(places.at(stack.place), stack.name, stack.place)
    return Inventory(tuple(found))


def _resources(aws: Aws, name: str, place: Place) -> Iterator[Resource]:
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    try:
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceStatus"] != GONE:
                    yield Resource(
                        name,
                        place,
                        resource["LogicalResourceId"],
                        resource["ResourceType"],
                        resource.get("PhysicalResourceId", ""),
                    )
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
