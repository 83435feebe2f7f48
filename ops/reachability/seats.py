"""Where each kind of resource says that it stands: a table, since every type has words of its own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from config.access import CACHE, DATABASE, GROUP_TAG, LOAD_BALANCER, VOLUME
from config.network import NAT_GROUP as NAT
from ops.reachability.templates import Properties

APP_RUNNER = "AWS::AppRunner::Service"
CLUSTER = "AWS::RDS::DBCluster"
DOOR = "AWS::ElasticLoadBalancingV2::LoadBalancer"
INSTANCE = "AWS::RDS::DBInstance"
LAMBDA = "AWS::Lambda::Function"
MACHINE = "AWS::StepFunctions::StateMachine"
NAT_INSTANCE = "AWS::EC2::Instance"
SCHEDULE = "AWS::Scheduler::Schedule"
SUBNET = "AWS::EC2::Subnet"


class Seat(NamedTuple):
    """Where a resource says it stands, in the words of its type."""

    groups: object = ()
    subnets: object = ()
    """Subnets, or the subnet group that names them."""
    public: bool = False


def _lambda(properties: Properties) -> Seat:
    place = properties["VpcConfig"]
    return Seat(place.get("SecurityGroupIds"), place.get("SubnetIds"))


def _task(properties: Properties) -> Seat:
    place = properties.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
    return Seat(place.get("SecurityGroups"), place.get("Subnets"), place.get("AssignPublicIp") == "ENABLED")


def _scheduled_task(properties: Properties) -> Seat:
    return _task(properties["Target"].get("EcsParameters", {}))


def of_database(properties: Properties) -> Seat:
    """Where an instance stands that belongs to no cluster."""
    # Left out, RDS decides by itself.
    public = properties.get("PubliclyAccessible") is not False
    return Seat(properties.get("VPCSecurityGroups"), [properties.get("DBSubnetGroupName")], public)


def of_cluster(properties: Properties) -> Seat:
    """Where every instance of a cluster stands."""
    return Seat(properties.get("VpcSecurityGroupIds"), [properties.get("DBSubnetGroupName")])


SEATS: Mapping[str, Callable[[Properties], Seat]] = {
    APP_RUNNER: lambda p: Seat(p.get("SecurityGroups"), p.get("Subnets")),
    NAT_INSTANCE: lambda p: Seat(p.get("SecurityGroupIds"), [p.get("SubnetId")]),
    "AWS::ECS::Service": _task,
    "AWS::EFS::MountTarget": lambda p: Seat(p.get("SecurityGroups"), [p.get("SubnetId")]),
    "AWS::ElastiCache::ReplicationGroup": lambda p: Seat(
        p.get("SecurityGroupIds"), [p.get("CacheSubnetGroupName")]
    ),
    DOOR: lambda p: Seat(p.get("SecurityGroups"), p.get("Subnets"), p.get("Scheme") == "internet-facing"),
    LAMBDA: _lambda,
    CLUSTER: of_cluster,
    INSTANCE: of_database,
    MACHINE: lambda _: Seat(),
    SCHEDULE: _scheduled_task,
}
ROLES = {
    NAT_INSTANCE: NAT,
    "AWS::EFS::MountTarget": VOLUME,
    "AWS::ElastiCache::ReplicationGroup": CACHE,
    DOOR: LOAD_BALANCER,
    CLUSTER: DATABASE,
    INSTANCE: DATABASE,
}
SUBNET_GROUPS = ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")
NO_MEMBERS = (
    "AWS::AppRunner::VpcConnector",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::TaskDefinition",
)
"""Name groups and carry none: a task carries what its service, schedule or state machine says."""


def group_tag(properties: Properties) -> str | None:
    """The group that a machine says it belongs to; a NAT instance says nothing."""
    tags = properties.get("Tags", [])
    return next((str(tag["Value"]) for tag in tags if tag.get("Key") == GROUP_TAG), None)
