"""Changes in place that interrupt: not in the registry's schemas, so reviewed here, each with its source.

A property that is not here changes without an interruption that users notice, as far as AWS documents.
"""

from dataclasses import dataclass

_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html"
_AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html"
_CACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html"
_GROUPS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html"
_SEARCH = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html"
_MQ = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-editing-broker-preferences.html"


@dataclass(frozen=True, slots=True)
class Interruption:
    """What users notice, and where AWS says so."""

    what: str
    source: str


_FAILOVER = "connections break for 1 to 2 minutes with a standby, and for some minutes without"

INTERRUPTIONS: dict[tuple[str, str], Interruption] = {
    ("AWS::RDS::DBInstance", "DBInstanceClass"): Interruption(_FAILOVER, _RDS),
    ("AWS::RDS::DBInstance", "EngineVersion"): Interruption(
        "the database restarts, for a major version it is away for many minutes", _RDS
    ),
    ("AWS::RDS::DBInstance", "Port"): Interruption(
        "the database restarts, and answers on another port", _RDS
    ),
    ("AWS::RDS::DBInstance", "CACertificateIdentifier"): Interruption(
        "older engines restart; clients must trust the new authority first", _RDS
    ),
    ("AWS::RDS::DBInstance", "StorageType"): Interruption(
        "from or to magnetic storage it is away; otherwise slower while storage is optimised", _RDS
    ),
    ("AWS::RDS::DBInstance", "MasterUserPassword"): Interruption(
        "whoever logs in with the old password is refused", _RDS
    ),
    ("AWS::RDS::DBInstance", "ManageMasterUserPassword"): Interruption(
        "the password changes: whoever logs in with the old one is refused", _RDS
    ),
    ("AWS::RDS::DBCluster", "EngineVersion"): Interruption("every instance of the cluster restarts", _AURORA),
    ("AWS::RDS::DBCluster", "Port"): Interruption(
        "the cluster restarts, and answers on another port", _AURORA
    ),
    ("AWS::RDS::DBCluster", "DBClusterParameterGroupName"): Interruption(
        "static parameters wait for a restart", _GROUPS
    ),
    ("AWS::RDS::DBCluster", "MasterUserPassword"): Interruption(
        "whoever logs in with the old password is refused", _AURORA
    ),
    ("AWS::RDS::DBParameterGroup", "Parameters"): Interruption(
        "static parameters, max_connections among them, wait for a restart of the database", _GROUPS
    ),
    ("AWS::RDS::DBClusterParameterGroup", "Parameters"): Interruption(
        "static parameters wait for a restart of the cluster", _GROUPS
    ),
    ("AWS::ElastiCache::ReplicationGroup", "CacheNodeType"): Interruption(
        "with one node the cache is away for some minutes and may come back empty; with more, seconds", _CACHE
    ),
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion"): Interruption(
        "the nodes restart; with one node the cache is away for some minutes", _CACHE
    ),
    ("AWS::ElastiCache::ReplicationGroup", "NumNodeGroups"): Interruption(
        "keys move between shards; slower meanwhile", _CACHE
    ),
    ("AWS::ElastiCache::ReplicationGroup", "TransitEncryptionEnabled"): Interruption(
        "clients without TLS are refused", _CACHE
    ),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"): Interruption(
        "clients with the old token are refused once it is taken away", _CACHE
    ),
    ("AWS::ElastiCache::CacheCluster", "EngineVersion"): Interruption("the nodes restart empty", _CACHE),
    ("AWS::EC2::Instance", "InstanceType"): Interruption(
        "the machine is stopped and started; it is away for minutes, and loses a public address without EIP",
        _EC2,
    ),
    ("AWS::EC2::Instance", "UserData"): Interruption("the machine is stopped and started", _EC2),
    ("AWS::EC2::Instance", "EbsOptimized"): Interruption("the machine is stopped and started", _EC2),
    ("AWS::OpenSearchService::Domain", "EngineVersion"): Interruption("nodes are exchanged; slower", _SEARCH),
    ("AWS::OpenSearchService::Domain", "ClusterConfig"): Interruption("nodes are exchanged; slower", _SEARCH),
    ("AWS::AmazonMQ::Broker", "EngineVersion"): Interruption("the broker restarts", _MQ),
    ("AWS::AmazonMQ::Broker", "HostInstanceType"): Interruption("the broker restarts", _MQ),
}


def interruption(type_name: str, name: str) -> Interruption | None:
    """What users notice when the property changes in place; None when nothing is known."""
    return INTERRUPTIONS.get((type_name, name))
