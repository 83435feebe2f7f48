"""What has an address in the network: where it stands, and which security groups it carries."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from config import names
from config.access import CACHE, DATABASE, LOAD_BALANCER, VOLUME
from config.deployment import Deployment
from ops.reachability.groups import GROUP
from ops.reachability.templates import Address, Properties, Templates

APP_RUNNER = "AWS::AppRunner::Service"
LAMBDA = "AWS::Lambda::Function"


@dataclass(frozen=True)
class Member:
    """Something with an address in the network."""

    where: Address
    role: str
    """The group it should carry, by the configuration."""
    groups: frozenset[Address]
    subnets: tuple[Address, ...]
    public: bool
    """Whether it is given a public address."""


class Seat(NamedTuple):
    """Where a resource says it stands, in the words of its type."""

    groups: object = ()
    subnets: object = ()
    """Subnets, or the subnet group that names them."""
    public: bool = False


class Members:
    """Every member of a deployment's network.

    Attributes:
        found: The members.
        complaints: What carries a group, and is of a kind that nobody here knows.
    """

    def __init__(self, deployment: Deployment, templates: Templates) -> None:
        self.templates = templates
        self.complaints: list[str] = []
        self._roles = {**_ROLES, LAMBDA: deployment.job_group}
        self._services = {
            names.service_name(deployment.system, service.name, shard): service.group
            for service in deployment.services
            for _, shard in deployment.shards()
        }
        self.found = list(self._find())

    def _find(self) -> Iterator[Member]:
        for where, properties in self.templates.of_type():
            kind = self.templates.type(where)
            if kind in _MEMBERS:
                yield from self._member(where, kind, properties)
            elif kind not in _NOT_MEMBERS:
                carried = list(self.templates.references(where.stack, properties))
                if any(self.templates.type(found) == GROUP for found in carried):
                    self.complaints.append(f"{where} is a {kind}: nobody knows what it can reach")

    def _member(self, where: Address, kind: str, properties: Properties) -> Iterator[Member]:
        if kind == LAMBDA and "VpcConfig" not in properties:
            return
        seat = _MEMBERS[kind](self._tunnel(where, properties) if kind == APP_RUNNER else properties)
        groups = list(self.templates.targets(where.stack, seat.groups))
        if isinstance(seat.groups, list) and len(groups) < len(seat.groups):
            self.complaints.append(f"{where} carries a security group that is in no template")
        yield Member(
            where,
            self._role(kind, properties),
            frozenset(groups),
            tuple(self._subnets(where.stack, seat.subnets)),
            seat.public,
        )

    def _tunnel(self, where: Address, properties: Properties) -> Properties:
        """An App Runner service stands where its connector does."""
        egress = properties.get("NetworkConfiguration", {}).get("EgressConfiguration", {})
        connector = self.templates.target(where.stack, egress.get("VpcConnectorArn"))
        return self.templates.properties(connector) if connector else {}

    def _subnets(self, stack: str, values: object) -> Iterator[Address]:
        for found in self.templates.targets(stack, values):
            if self.templates.type(found) in _SUBNET_GROUPS:
                yield from self.templates.targets(found.stack, self.templates.properties(found)["SubnetIds"])
            else:
                yield found

    def _role(self, kind: str, properties: Properties) -> str:
        named = self._services.get(str(properties.get("ServiceName")), "nothing we know")
        return self._roles.get(kind, named)


def _lambda(properties: Properties) -> Seat:
    place = properties["VpcConfig"]
    return Seat(place.get("SecurityGroupIds"), place.get("SubnetIds"))


def _task(properties: Properties) -> Seat:
    place = properties.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
    return Seat(place.get("SecurityGroups"), place.get("Subnets"), place.get("AssignPublicIp") == "ENABLED")


def _database(properties: Properties) -> Seat:
    # Left out, RDS decides by itself.
    public = properties.get("PubliclyAccessible") is not False
    return Seat(properties.get("VPCSecurityGroups"), [properties.get("DBSubnetGroupName")], public)


_MEMBERS: Mapping[str, Callable[[Properties], Seat]] = {
    APP_RUNNER: lambda p: Seat(p.get("SecurityGroups"), p.get("Subnets")),
    "AWS::ECS::Service": _task,
    "AWS::EFS::MountTarget": lambda p: Seat(p.get("SecurityGroups"), [p.get("SubnetId")]),
    "AWS::ElastiCache::ReplicationGroup": lambda p: Seat(
        p.get("SecurityGroupIds"), [p.get("CacheSubnetGroupName")]
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda p: Seat(
        p.get("SecurityGroups"), p.get("Subnets"), p.get("Scheme") == "internet-facing"
    ),
    LAMBDA: _lambda,
    "AWS::RDS::DBInstance": _database,
}
_ROLES = {
    "AWS::EFS::MountTarget": VOLUME,
    "AWS::ElastiCache::ReplicationGroup": CACHE,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": LOAD_BALANCER,
    "AWS::RDS::DBInstance": DATABASE,
}
_SUBNET_GROUPS = ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")
_NOT_MEMBERS = (
    "AWS::AppRunner::VpcConnector",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
)
