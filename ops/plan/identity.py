"""Names that the template fixes, and what looks like the same thing under another id or in another stack."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ops.plan.difference import at, same
from ops.plan.schema import schema_of
from ops.plan.side import Resource
from ops.plan.value import links

NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::AppRunner::AutoScalingConfiguration": (),  # made anew under its name: a revision
    "AWS::AppRunner::Service": (("ServiceName",),),
    "AWS::AppRunner::VpcConnector": (("VpcConnectorName",),),
    "AWS::Budgets::Budget": (("Budget", "BudgetName"),),
    "AWS::CloudFront::CachePolicy": (("CachePolicyConfig", "Name"),),
    "AWS::CloudFront::ResponseHeadersPolicy": (("ResponseHeadersPolicyConfig", "Name"),),
    "AWS::EC2::SecurityGroup": (("GroupName",), ("VpcId",)),
    "AWS::ECS::Service": (("ServiceName",), ("Cluster",)),
    "AWS::ECS::TaskDefinition": (),  # made anew under its family: a revision
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (("Name",),),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (("Name",),),
    "AWS::Events::Rule": (("Name",), ("EventBusName",)),
    "AWS::IAM::ManagedPolicy": (("ManagedPolicyName",),),
    "AWS::SNS::Topic": (("TopicName",),),
    "AWS::SQS::Queue": (("QueueName",),),
    "AWS::SecretsManager::Secret": (("Name",),),
    "AWS::StepFunctions::StateMachine": (("StateMachineName",),),
    "AWS::WAFv2::WebACL": (("Name",), ("Scope",)),
}
"""What must be unique, for types whose identifier AWS gives. The first must be there; others limit it."""


def name_of(one: Resource, properties: Mapping[str, Any], region: str) -> tuple[Any, ...] | None:
    """The name that the template fixes, of which there can be one only; None when AWS makes one up."""
    pointers = NAMES.get(one.type)
    if pointers is None:
        pointers = _writable_identifier(one.type, region)
    values = tuple(at(properties, pointer) for pointer in pointers)
    return values if values and values[0] is not None else None


def _writable_identifier(type_name: str, region: str) -> tuple[tuple[str, ...], ...]:
    schema = schema_of(type_name, region)
    if schema is None or any(".".join(pointer) in schema.read_only for pointer in schema.identifier):
        return ()
    return schema.identifier


def is_literal(name: tuple[Any, ...]) -> bool:
    """Whether nothing in the name can change with another resource."""
    return not any(True for part in name for _ in links(part))


def lookalikes(gone: Iterable[Resource], new: Iterable[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Pairs of a resource that goes and one that comes which seem to be the same thing; each at most once."""
    left = list(new)
    for one in gone:
        rated = [(likeness(one, other), number) for number, other in enumerate(left)]
        best, number = max(rated, default=(0, 0), key=lambda rating: rating[0])
        if best >= ALIKE:
            yield one, left.pop(number)


ALIKE = 3


def likeness(one: Resource, other: Resource) -> int:
    """How much two resources seem to be the same thing: below ``ALIKE`` they are not."""
    if one.type != other.type:
        return 0
    if one.address.stack == other.address.stack:
        return ALIKE if _described_alike(one, other) else 0
    if one.address.logical_id == other.address.logical_id:
        return ALIKE + 2
    if one.path == other.path:
        return ALIKE + 1
    return ALIKE if _described_alike(one, other) else 0


def _described_alike(one: Resource, other: Resource) -> bool:
    """Whether most of what is said of both is the same."""
    names = one.properties.keys() | other.properties.keys()
    equal = sum(same(one.properties.get(name), other.properties.get(name)) for name in names)
    return bool(names) and equal * 3 >= len(names) * 2
