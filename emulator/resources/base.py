"""What a resource type of ours has to offer."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from emulator.loopback import api

Properties = Mapping[str, Any]
Attributes = dict[str, Any]
Provisioned = tuple[str, Attributes]


class Resource(ABC):
    """One CloudFormation type, provisioned through the emulator's own public API.

    It goes through the API so that describe calls tell the truth afterwards. It does not check
    values: what the API accepts is accepted.

    Attributes:
        type_name: The CloudFormation type.
        replacing: Properties whose change makes a new resource, as AWS documents them.
    """

    type_name: ClassVar[str]
    replacing: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def create(self, properties: Properties, name: str) -> str:
        """Create the resource and return its physical id.

        Args:
            properties: Resolved template properties.
            name: Stack name and logical id, for types whose template may leave the name out.
        """

    def attributes(self, physical_id: str) -> Attributes:
        """Return what ``Fn::GetAtt`` may ask for."""
        return {}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the resource in place; ``replacing`` properties are the same on both sides."""
        raise ValueError(f"{self.type_name} can't be updated in place")

    @abstractmethod
    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the resource."""


def tag_specifications(properties: Properties, resource_type: str) -> dict[str, Any]:
    """Return the EC2 parameter that tags a resource at creation."""
    tags = properties.get("Tags")
    if not tags:
        return {}
    return {"TagSpecifications": [{"ResourceType": resource_type, "Tags": list(tags)}]}


def retag(resource_id: str, old: Properties, new: Properties) -> None:
    """Replace the tags of an EC2 resource that the template had set."""
    before, after = _by_key(old.get("Tags")), _by_key(new.get("Tags"))
    removed = [{"Key": key} for key in before.keys() - after.keys()]
    if removed:
        api("ec2").delete_tags(Resources=[resource_id], Tags=removed)
    if after and after != before:
        tags = [{"Key": key, "Value": value} for key, value in after.items()]
        api("ec2").create_tags(Resources=[resource_id], Tags=tags)


def _by_key(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
