"""Rules for ElastiCache."""

from collections.abc import Iterator

from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import flag, number, text

CLUSTER = "AWS::ElastiCache::CacheCluster"
GROUP = "AWS::ElastiCache::ReplicationGroup"
GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"


@rule(
    "CB-CACHE-01",
    says="ElastiCache encrypts Redis and Valkey traffic only in replication groups; a CacheCluster "
    'answers "Encryption feature is not supported for engine REDIS".',
    fix="Use a CfnReplicationGroup, with one node if one is enough.",
    docs="https://github.com/aws/aws-cdk/issues/27379",
)
def encrypted_cache_is_a_group(templates: Templates) -> Iterator[Finding]:
    """Find CacheClusters that ask for TLS with an engine other than Memcached."""
    for cluster in templates.of_type(CLUSTER):
        encrypts = flag(cluster.get("TransitEncryptionEnabled"))
        if encrypts and text(cluster.get("Engine")) in ("redis", "valkey"):
            yield finding(cluster, "TransitEncryptionEnabled")


@rule(
    "CB-CACHE-02",
    says="TLS of a replication group is off unless stated, and Valkey groups are rejected without "
    "the statement.",
    fix="Set TransitEncryptionEnabled, to true wherever clients can use rediss://.",
    docs=f"{GUIDE}/in-transit-encryption.html",
)
def group_states_its_encryption(templates: Templates) -> Iterator[Finding]:
    """Find groups that leave TLS to the default."""
    for group in templates.of_type(GROUP):
        copies_a_global_group = group.get("GlobalReplicationGroupId") is not None
        if group.get("TransitEncryptionEnabled") is None and not copies_a_global_group:
            yield finding(group, "TransitEncryptionEnabled")


@rule(
    "CB-CACHE-03",
    says="Automatic failover and Multi-AZ need a second node; ElastiCache rejects them for a group of one.",
    fix="Set NumCacheClusters to at least 2, or switch both off.",
    docs=f"{GUIDE}/AutoFailover.html",
)
def failover_has_a_second_node(templates: Templates) -> Iterator[Finding]:
    """Find promises of availability that one node can't keep."""
    for group in templates.of_type(GROUP):
        for promise in ("AutomaticFailoverEnabled", "MultiAZEnabled"):
            if flag(group.get(promise)) and _has_one_node(group):
                yield finding(group, promise, because="the group has one node")


@rule(
    "CB-CACHE-04",
    says="ElastiCache stops at Redis OSS 7.1; later versions exist only as Valkey.",
    fix="Use Engine valkey with a Valkey version such as 8.2, or Redis 7.1.",
    docs=f"{GUIDE}/engine-versions.html",
)
def redis_version_exists(templates: Templates) -> Iterator[Finding]:
    """Find Redis versions that ElastiCache never had."""
    for cache in templates.of_type(CLUSTER, GROUP):
        version = number(cache.get("EngineVersion"))
        if text(cache.get("Engine")) == "redis" and version is not None and version >= 7.2:
            yield finding(cache, "EngineVersion")


@rule(
    "CB-CACHE-05",
    says="ElastiCache accepts an AUTH token only on groups whose TLS is on.",
    fix="Set TransitEncryptionEnabled to true, or leave out AuthToken.",
    docs=f"{GUIDE}/auth.html",
)
def token_travels_encrypted(templates: Templates) -> Iterator[Finding]:
    """Find tokens on groups without TLS."""
    for group in templates.of_type(GROUP):
        encrypted = group.get("TransitEncryptionEnabled")
        if group.get("AuthToken") is not None and flag(encrypted) is False:
            yield finding(group, "TransitEncryptionEnabled", because="AuthToken is set")


def _has_one_node(group: Resource) -> bool:
    """Whether it is certain; groups that are sharded or copied count their nodes elsewhere."""
    if (nodes := group.get("NumCacheClusters")) is not None:
        return number(nodes) == 1
    elsewhere = (
        "GlobalReplicationGroupId",
        "NodeGroupConfiguration",
        "NumNodeGroups",
        "PreferredCacheClusterAZs",
        "PrimaryClusterId",
        "ReplicasPerNodeGroup",
        "ClusterMode",
    )
    return all(group.get(name) is None for name in elsewhere)
