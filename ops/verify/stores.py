"""Databases and caches as the API describes them: encrypted, private, protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.database import AuroraServerless
from config.deployment import Deployment
from config.values import OptOut
from ops.embedded.aws import Places
from ops.verify.inventory import Inventory, Resource

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBClusterTypeDef, DBInstanceTypeDef


@dataclass(frozen=True, slots=True)
class Store:
    """A database or a cache, and what is wrong with it."""

    name: str
    region: str
    kind: str
    size: str
    protection: str
    complaints: tuple[str, ...]


def read(deployment: Deployment, inventory: Inventory, places: Places) -> list[Store]:
    """Every database and cache of the deployed stacks."""
    stores: list[Store] = []
    for resource in inventory.of_type("AWS::RDS::DBCluster"):
        stores.append(_cluster(deployment, resource, places))
    for resource in inventory.of_type("AWS::RDS::DBInstance"):
        rds = places.at(resource.place).rds
        found = rds.describe_db_instances(DBInstanceIdentifier=resource.physical_id)["DBInstances"][0]
        # What belongs to a cluster is read with it.
        if not found.get("DBClusterIdentifier"):
            stores.append(_database(deployment, resource, found))
    for resource in inventory.of_type("AWS::ElastiCache::ReplicationGroup"):
        stores.append(_cache(deployment, resource, places))
    return stores


def _cluster(deployment: Deployment, resource: Resource, places: Places) -> Store:
    rds, name = places.at(resource.place).rds, resource.physical_id
    found = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    machines = [
        rds.describe_db_instances(DBInstanceIdentifier=member["DBInstanceIdentifier"])["DBInstances"][0]
        for member in found.get("DBClusterMembers", [])
    ]
    public = any(machine.get("PubliclyAccessible") for machine in machines)
    least, most = _capacity(found)
    return Store(
        name=name,
        region=resource.place.region,
        kind=f"{found['Engine']} {found.get('EngineVersion', '')}",
        size=f"{least:g} to {most:g} ACU",
        protection=_words(
            (found.get("StorageEncrypted"), "encrypted"),
            (not public, "private"),
            (found.get("DeletionProtection"), "protected"),
        ),
        complaints=tuple(_cluster_complaints(deployment, found, public=public)),
    )


def _capacity(found: DBClusterTypeDef) -> tuple[float, float]:
    scaling = found.get("ServerlessV2ScalingConfiguration", {})
    return scaling.get("MinCapacity", 0), scaling.get("MaxCapacity", 0)


def _cluster_complaints(deployment: Deployment, found: DBClusterTypeDef, *, public: bool) -> Iterator[str]:
    name, config = found["DBClusterIdentifier"], deployment.database
    if not found.get("StorageEncrypted"):
        yield f"database {name} is not encrypted"
    if public:
        yield f"database {name} is publicly accessible"
    if not isinstance(config, AuroraServerless):
        yield f"database {name} is a cluster, and none is described"
        return
    if not (found.get("DeletionProtection") or isinstance(config.deletion_protection, OptOut)):
        yield f"database {name} is not protected against deletion"
    wanted = config.min_capacity_acu, config.max_capacity_acu
    if _capacity(found) != wanted:
        least, most = _capacity(found)
        yield f"database {name} has {least:g} to {most:g} ACU instead of {wanted[0]:g} to {wanted[1]:g}"


def _database(deployment: Deployment, resource: Resource, found: DBInstanceTypeDef) -> Store:
    size = f"{found['DBInstanceClass']}, {found['AllocatedStorage']} GiB"
    size += ", two zones" if found.get("MultiAZ") else ""
    replica = bool(found.get("ReadReplicaSourceDBInstanceIdentifier"))
    complaints = tuple(_database_complaints(deployment, found, replica=replica))
    return Store(
        name=resource.physical_id,
        region=resource.place.region,
        kind=f"{found['Engine']} {found.get('EngineVersion', '')}" + (" replica" if replica else ""),
        size=size,
        protection=_words(
            (found.get("StorageEncrypted"), "encrypted"),
            (not found.get("PubliclyAccessible"), "private"),
            (found.get("DeletionProtection"), "protected"),
        ),
        complaints=complaints,
    )


def _database_complaints(deployment: Deployment, found: DBInstanceTypeDef, *, replica: bool) -> Iterator[str]:
    name = found["DBInstanceIdentifier"]
    if not found.get("StorageEncrypted"):
        yield f"database {name} is not encrypted"
    if found.get("PubliclyAccessible"):
        yield f"database {name} is publicly accessible"
    allowed = deployment.database is not None and isinstance(deployment.database.deletion_protection, OptOut)
    if not (found.get("DeletionProtection") or allowed or replica):
        yield f"database {name} is not protected against deletion"


def _cache(deployment: Deployment, resource: Resource, places: Places) -> Store:
    elasticache = places.at(resource.place).elasticache
    name = resource.physical_id
    group = elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    allowed = deployment.cache is not None and isinstance(deployment.cache.transit_encryption, OptOut)
    at_rest, in_transit = group.get("AtRestEncryptionEnabled"), group.get("TransitEncryptionEnabled")
    complaints = []
    if not at_rest:
        complaints.append(f"cache {name} is not encrypted at rest")
    if not in_transit and not allowed:
        complaints.append(f"cache {name} is not encrypted in transit")
    nodes = len(group.get("MemberClusters", []))
    return Store(
        name=name,
        region=resource.place.region,
        kind=group.get("Engine") or (deployment.cache.engine if deployment.cache else "cache"),
        size=f"{group.get('CacheNodeType', '')}, {nodes} node{'' if nodes == 1 else 's'}",
        protection=_words(
            (at_rest, "encrypted"), (in_transit, "TLS"), (group.get("AuthTokenEnabled"), "password")
        ),
        complaints=tuple(complaints),
    )


def _words(*facts: tuple[object, str]) -> str:
    return ", ".join(word for true, word in facts if true) or "none"
