"""What has an address in the network: where it stands, and which security groups it carries."""

from collections.abc import Iterator
from dataclasses import dataclass

from config import names
from config.access import POOL, POOL_DOOR, TENANT_MOVER, TENANT_PREPARATION
from config.deployment import Deployment
from config.shard_access import called
from ops.reachability.groups import GROUP
from ops.reachability.places import shard_key_of
from ops.reachability.seats import (
    APP_RUNNER,
    DOOR,
    INSTANCE,
    LAMBDA,
    MACHINE,
    NAT_INSTANCE,
    NO_MEMBERS,
    ROLES,
    SCHEDULE,
    SEATS,
    SUBNET,
    SUBNET_GROUPS,
    Seat,
    group_tag,
    of_cluster,
    of_database,
)
from ops.reachability.templates import Address, Properties, Templates


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


class Members:
    """Every member of a deployment's network.

    Attributes:
        found: The members.
        complaints: What carries a group, and is of a kind that nobody here knows.
    """

    def __init__(self, deployment: Deployment, templates: Templates) -> None:
        self.deployment, self.templates = deployment, templates
        self.complaints: list[str] = []
        self._roles = {**ROLES, LAMBDA: deployment.job_group, SCHEDULE: deployment.job_group}
        self._tenants = {deployment.stack_name("tenants", region) for region in deployment.regions}
        groups = {service.name: service.group for service in deployment.services} | {POOL: POOL}
        self._services = {
            names.service_name(deployment.system, name, shard): group
            for name, group in groups.items()
            for _, shard in deployment.shards()
        }
        self._addressed = {
            templates.target(where.stack, address.get("InstanceId"))
            for where, address in templates.of_type("AWS::EC2::EIP", "AWS::EC2::EIPAssociation")
        }
        self.found = list(self._find())

    def _find(self) -> Iterator[Member]:
        for where, properties in self.templates.of_type():
            kind = self.templates.type(where)
            if kind in SEATS:
                yield from self._member(where, kind, properties)
            elif kind not in NO_MEMBERS:
                carried = list(self.templates.references(where.stack, properties))
                if any(self.templates.type(found) == GROUP for found in carried):
                    self.complaints.append(f"{where} is a {kind}: nobody knows what it can reach")

    def _member(self, where: Address, kind: str, properties: Properties) -> Iterator[Member]:
        if kind == LAMBDA and "VpcConfig" not in properties:
            return
        if kind == SCHEDULE and "EcsParameters" not in properties["Target"]:
            return
        if kind == MACHINE:
            yield from self._tasks_of(where, properties)
            return
        seat = self._seat(where, kind, properties)
        groups = list(self.templates.targets(where.stack, seat.groups))
        if isinstance(seat.groups, list) and len(groups) < len(seat.groups):
            self.complaints.append(f"{where} carries a security group that is in no template")
        yield Member(
            where,
            TENANT_PREPARATION
            if where.stack in self._tenants
            else self._of_shard(where, self._role(kind, properties)),
            frozenset(groups),
            tuple(self._subnets(where.stack, seat.subnets)),
            seat.public or where in self._addressed,
        )

    def _tasks_of(self, where: Address, properties: Properties) -> Iterator[Member]:
        """The tasks that a state machine runs, with the groups and in the subnets that it names."""
        named = list(self.templates.references(where.stack, properties.get("DefinitionString")))
        groups = frozenset(found for found in named if self.templates.type(found) == GROUP)
        subnets = tuple(found for found in named if self.templates.type(found) == SUBNET)
        if groups:
            public = '"AssignPublicIp":"ENABLED"' in str(properties).replace(" ", "")
            # One that is no service's runs database jobs.
            name = str(properties.get("StateMachineName"))
            role = self._of_shard(where, self._services.get(name, self._roles[LAMBDA]))
            role = TENANT_MOVER if where.stack in self._tenants else role
            yield Member(where, role, groups, subnets, public)

    def _seat(self, where: Address, kind: str, properties: Properties) -> Seat:
        if kind == APP_RUNNER:
            return SEATS[kind](self._tunnel(where, properties))
        if kind == INSTANCE and "DBClusterIdentifier" in properties:
            cluster = self.templates.target(where.stack, properties["DBClusterIdentifier"])
            place = of_cluster(self.templates.properties(cluster)) if cluster else Seat()
            return place._replace(public=of_database(properties).public)
        return SEATS[kind](properties)

    def _tunnel(self, where: Address, properties: Properties) -> Properties:
        """An App Runner service stands where its connector does."""
        egress = properties.get("NetworkConfiguration", {}).get("EgressConfiguration", {})
        connector = self.templates.target(where.stack, egress.get("VpcConnectorArn"))
        return self.templates.properties(connector) if connector else {}

    def _subnets(self, stack: str, values: object) -> Iterator[Address]:
        for found in self.templates.targets(stack, values):
            if self.templates.type(found) in SUBNET_GROUPS:
                yield from self.templates.targets(found.stack, self.templates.properties(found)["SubnetIds"])
            else:
                yield found

    def _of_shard(self, where: Address, role: str) -> str:
        return called(role, shard_key_of(self.deployment, where.stack))

    def _role(self, kind: str, properties: Properties) -> str:
        if kind == DOOR and properties.get("Type") == "network":
            return POOL_DOOR
        if kind == NAT_INSTANCE:
            return group_tag(properties) or self._roles[kind]
        return self._roles.get(kind) or self._named(properties, "ServiceName")

    def _named(self, properties: Properties, key: str) -> str:
        return self._services.get(str(properties.get(key)), "nothing we know")
