"""What a security group lets through, whether its rules are inline or resources of their own."""

from collections.abc import Iterator
from typing import Any, Literal

from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import is_intrinsic

GROUP = "AWS::EC2::SecurityGroup"
Direction = Literal["Ingress", "Egress"]


def groups(resource: Resource, *path: str, templates: Templates) -> list[Resource] | None:
    """The security groups listed at ``path``; None unless every one is in this app."""
    found = [templates.target(item, resource.template) for item in resource.items(*path)]
    known = [group for group in found if group is not None and group.type == GROUP]
    return known if known and len(known) == len(found) else None


def rules(group: Resource, direction: Direction, templates: Templates) -> list[Any] | None:
    """The rules of one direction; None when they are decided at deploy."""
    inline = group.get(f"SecurityGroup{direction}")
    if is_intrinsic(inline):
        return None
    listed = inline if isinstance(inline, list) else []
    return [*listed, *_separate(group, direction, templates)]


def _separate(group: Resource, direction: Direction, templates: Templates) -> Iterator[Any]:
    for resource in templates.of_type(f"{GROUP}{direction}"):
        if templates.target(resource.get("GroupId"), resource.template) is group:
            yield resource.properties
