"""Databases and caches as the API describes them: encrypted, private, protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.deployment import Deployment
from config.values import OptOut
from ops.embedded.aws import Places
from ops.verify.inventory import Inventory, Resource

if TYPE_CHECKING:
    from types_boto3_rds.type_defs import DBInstanceTypeDef


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
    for resource in inventory.of_type("AWS::RDS::DBInstance"):
        stores.append(_database(deployment, resource, places))
    for resource in inventory.of_type("AWS::ElastiCache::ReplicationGroup"):
        stores.append(_cache(deployment, resource, places))
    return stores


def _database(deployment: Deployment, resource: Resource, places: Places) -> Store:
    rds = places.at(resource.place).rds
    found = rds.describe_db_instances(DBInstanceIdentifier=resource.physical_id)["DBInstances"][0]
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
