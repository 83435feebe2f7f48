"""What a checklist has to know of a shard, as the API tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.deployment import Deployment
from config.region import Region, Shard
from config.sources import ReplicaUrls
from ops.embedded.aws import Aws

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBInstanceTypeDef

AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Machine:
    """One database instance."""

    name: str
    status: str
    instance_class: str
    storage_gib: int
    in_sync: bool
    """Whether every parameter is in force; some wait for a restart."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One shard."""

    snapshots: Mapping[str, str]
    """Status of each manual snapshot of the primary, by name."""
    primary: Machine
    replicas: tuple[Machine, ...]
    replica_urls: Mapping[str, int]
    """How many replicas the secret of each service names, of those that read from replicas."""
    bounds: Mapping[str, tuple[int, int]]
    """Fewest and most tasks, by the physical name of the service."""


def read(deployment: Deployment, region: Region, shard: Shard, aws: Aws) -> Facts:
    """Ask the API about one shard; changes nothing."""
    machines = list(_machines(aws, deployment.stack_name("data", region, shard)))
    primary = next(one for one in machines if not one.get("ReadReplicaSourceDBInstanceIdentifier"))
    answer = aws.rds.describe_db_snapshots(
        DBInstanceIdentifier=primary["DBInstanceIdentifier"], SnapshotType="manual"
    )
    return Facts(
        snapshots={one["DBSnapshotIdentifier"]: one["Status"] for one in answer["DBSnapshots"]},
        primary=_machine(primary),
        replicas=tuple(_machine(one) for one in machines if one is not primary),
        replica_urls=dict(_replica_urls(deployment, shard, aws)),
        bounds=dict(_bounds(aws)),
    )


def _machines(aws: Aws, stack: str) -> Iterator[DBInstanceTypeDef]:
    for resource in aws.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]:
        if resource["ResourceType"] == "AWS::RDS::DBInstance":
            name = resource["PhysicalResourceId"]
            yield from aws.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]


def _machine(found: DBInstanceTypeDef) -> Machine:
    groups = found.get("DBParameterGroups", [])
    return Machine(
        name=found["DBInstanceIdentifier"],
        status=found["DBInstanceStatus"],
        instance_class=found["DBInstanceClass"].removeprefix("db."),
        storage_gib=found["AllocatedStorage"],
        in_sync=all(group.get("ParameterApplyStatus") == "in-sync" for group in groups),
    )


def _replica_urls(deployment: Deployment, shard: Shard, aws: Aws) -> Iterator[tuple[str, int]]:
    for service in deployment.services:
        keys = [key for key, source in service.secrets.items() if isinstance(source, ReplicaUrls)]
        for key in keys:
            name = deployment.secret_name(service.secret_leaf, shard)
            values: dict[str, Any] = json.loads(
                aws.secretsmanager.get_secret_value(SecretId=name)["SecretString"]
            )
            # The value itself is a secret: only how many there are leaves this function.
            yield service.name, len([url for url in str(values.get(key, "")).split(",") if url])


def _bounds(aws: Aws) -> Iterator[tuple[str, tuple[int, int]]]:
    scaling = aws.client("application-autoscaling")
    for target in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]:
        name = target["ResourceId"].rpartition("/")[2]
        yield name, (target["MinCapacity"], target["MaxCapacity"])
