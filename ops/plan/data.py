"""What holds data, and what its policies make of it when it is replaced or taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.plan.side import Resource


@dataclass(frozen=True, slots=True)
class Data:
    """A kind of data."""

    what: str
    """Such as "every row of the database"."""
    records: bool = False
    """Whether it is written and kept, and nothing works with it: left where it is, it is not lost."""


HOLDS: Mapping[str, Data] = {
    "AWS::RDS::DBInstance": Data("every row of the database"),
    "AWS::RDS::DBCluster": Data("every row of the database"),
    "AWS::RDS::GlobalCluster": Data("every row of the database"),
    "AWS::DynamoDB::Table": Data("every item of the table"),
    "AWS::DynamoDB::GlobalTable": Data("every item of the table, in every region"),
    "AWS::ElastiCache::ReplicationGroup": Data("every key of the cache: sessions, queues"),
    "AWS::ElastiCache::CacheCluster": Data("every key of the cache: sessions, queues"),
    "AWS::ElastiCache::ServerlessCache": Data("every key of the cache: sessions, queues"),
    "AWS::MemoryDB::Cluster": Data("every key of the database"),
    "AWS::DocDB::DBCluster": Data("every document of the database"),
    "AWS::Neptune::DBCluster": Data("every node of the graph"),
    "AWS::Redshift::Cluster": Data("every row of the warehouse"),
    "AWS::OpenSearchService::Domain": Data("every document of the index"),
    "AWS::EFS::FileSystem": Data("every file of the file system"),
    "AWS::FSx::FileSystem": Data("every file of the file system"),
    "AWS::EC2::Volume": Data("everything on the disk"),
    "AWS::S3::Bucket": Data("every object of the bucket"),
    "AWS::SQS::Queue": Data("every message that waits in the queue"),
    "AWS::Kinesis::Stream": Data("every record that is not yet read"),
    "AWS::SecretsManager::Secret": Data("the secret, keys filled in by people among it"),
    "AWS::KMS::Key": Data("the key, and with it whatever it encrypted"),
    "AWS::KMS::ReplicaKey": Data("the key in this region"),
    "AWS::ECR::Repository": Data("every image of the repository"),
    "AWS::Cognito::UserPool": Data("every user account"),
    "AWS::Backup::BackupVault": Data("every recovery point of the vault"),
    "AWS::Route53::HostedZone": Data("every record of the zone, and its name servers"),
    "AWS::CloudFormation::Stack": Data("whatever the nested stack holds"),
    "AWS::Logs::LogGroup": Data("the logs", records=True),
}

SNAPSHOTS = frozenset(
    {
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::DocDB::DBCluster",
        "AWS::Neptune::DBCluster",
        "AWS::Redshift::Cluster",
    }
)
"""Types for which the policy ``Snapshot`` exists."""
KEEPS = ("Retain", "RetainExceptOnCreate")


def data_of(one: Resource) -> Data | None:
    """What the resource holds that exists nowhere else; None for a replica, which holds a copy."""
    if one.type == "AWS::RDS::DBInstance" and (is_replica(one) or one.properties.get("DBClusterIdentifier")):
        return None
    return HOLDS.get(one.type)


def is_replica(one: Resource) -> bool:
    """Whether it is a read replica of an RDS database."""
    sources = ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")
    return one.type == "AWS::RDS::DBInstance" and any(one.properties.get(name) for name in sources)


def deletion_policy(one: Resource) -> str:
    """What happens to it when it is taken out of its template, defaults of CloudFormation included."""
    stated = one.policy("DeletionPolicy")
    if stated is None and one.type in ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"):
        return "Delete" if one.properties.get("DBClusterIdentifier") else "Snapshot"
    return stated or "Delete"


def replace_policy(one: Resource) -> str:
    """What happens to the old one when it is replaced; without a word of the template it is deleted."""
    return one.policy("UpdateReplacePolicy") or "Delete"


def is_protected(properties: Mapping[str, Any]) -> bool:
    """Whether AWS itself refuses to delete it, a load balancer among others."""
    flags = ("DeletionProtection", "DeletionProtectionEnabled")
    stated = [properties.get(name) for name in flags]
    replicas = properties.get("Replicas")
    if isinstance(replicas, list):
        stated += [one.get("DeletionProtectionEnabled") for one in replicas if isinstance(one, Mapping)]
    attributes = properties.get("LoadBalancerAttributes")
    if isinstance(attributes, list):
        stated += [one.get("Value") for one in attributes if one.get("Key") == "deletion_protection.enabled"]
    return any(str(value).lower() in ("true", "active") for value in stated)
