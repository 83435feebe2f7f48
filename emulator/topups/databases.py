"""Puts real PostgreSQL servers behind RDS instances and Aurora clusters.

Replication is not emulated: a replica reports the endpoint of its primary's server. So does every
instance of a cluster, readers included. Engines other than PostgreSQL stay without a server, and
so do databases made through the RDS API instead of a template.
"""

from typing import Any

from ministack.services import rds

from emulator.postgres.databases import PORT, Databases, Endpoint
from emulator.postgres.server import Credentials
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp


class _Database(TopUp):
    """What instances and clusters have in common."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    def prepare(self, properties: Properties) -> Properties:
        """Refuse the one way of setting a password that leaves us without it."""
        if str(properties.get("ManageMasterUserPassword", "")).lower() == "true":
            raise ValueError("ManageMasterUserPassword is not emulated; use a generated secret")
        return properties

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Stop servers whose record is gone."""
        self._databases.keep_only(_exists)

    def _ensure(self, arn: str, record: dict[str, Any], database: str | None, port: Any) -> Endpoint:
        # A replacement deletes the old record without telling us, so look for such here too.
        self._databases.keep_only(_exists)
        credentials = Credentials(
            user=record["MasterUsername"],
            password=record["_MasterUserPassword"],
            database=database,
        )
        return self._databases.ensure(arn, record["EngineVersion"], credentials, int(port or PORT))


class Instance(_Database):
    """Endpoint and replica link of an instance."""

    type_name = "AWS::RDS::DBInstance"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Complete the record and report the endpoint that answers."""
        record = rds._instances[physical_id]
        source, cluster = (properties.get(f"{name}Identifier") for name in ("SourceDBInstance", "DBCluster"))
        if source:
            _link(physical_id, record, source)
        elif cluster:
            _join(record, rds._clusters[cluster])
        else:
            record["DBName"] = properties.get("DBName", "")
        if "postgres" not in record["Engine"]:
            return {}
        endpoint = self._endpoint(record, properties)
        record["Endpoint"].update(Address=endpoint.address, Port=endpoint.port)
        return {"Endpoint.Address": endpoint.address, "Endpoint.Port": str(endpoint.port)}

    def before_update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Storage of RDS never shrinks."""
        before, after = int(old.get("AllocatedStorage", 0)), int(new.get("AllocatedStorage", 0))
        if 0 < after < before:
            raise ValueError(f"Invalid storage size: {before} GiB is allocated, and {after} GiB is less")

    def _endpoint(self, record: dict[str, Any], properties: Properties) -> Endpoint:
        owner = record["DBInstanceArn"]
        if properties.get("SourceDBInstanceIdentifier"):
            owner = _primary(properties["SourceDBInstanceIdentifier"])["DBInstanceArn"]
        elif properties.get("DBClusterIdentifier"):
            owner = rds._clusters[properties["DBClusterIdentifier"]]["DBClusterArn"]
        else:
            return self._ensure(owner, record, properties.get("DBName"), properties.get("Port"))
        endpoint = self._databases.endpoint(owner)
        if endpoint is None:
            raise ValueError(f"{owner} has no server to read from")
        return endpoint


class Cluster(_Database):
    """Endpoints of an Aurora cluster; writer and readers are one server, which never pauses."""

    type_name = "AWS::RDS::DBCluster"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Complete the record and report the endpoint that answers."""
        record = rds._clusters[physical_id]
        record.update({key: properties[told] for key, told in _OF_CLUSTER.items() if told in properties})
        if "postgres" not in record["Engine"]:
            return {}
        arn, name = record["DBClusterArn"], properties.get("DatabaseName")
        endpoint = self._ensure(arn, record, name, properties.get("Port"))
        record.update(Endpoint=endpoint.address, ReaderEndpoint=endpoint.address, Port=endpoint.port)
        return {
            "Endpoint.Address": endpoint.address,
            "Endpoint.Port": str(endpoint.port),
            "ReadEndpoint.Address": endpoint.address,
        }


_OF_CLUSTER = {
    "DBClusterParameterGroup": "DBClusterParameterGroupName",
    "EngineLifecycleSupport": "EngineLifecycleSupport",
    "TagList": "Tags",
}
"""Properties of a cluster by what its record calls them. MiniStack's answers have no room for the others:
the time to pause after, storage type, Database Insights, log exports."""

_INHERITED = (
    *("EngineVersion", "StorageEncrypted", "AllocatedStorage", "VpcSecurityGroups", "BackupRetentionPeriod"),
    *("IAMDatabaseAuthenticationEnabled", "CopyTagsToSnapshot"),
)


def _join(record: dict[str, Any], cluster: dict[str, Any]) -> None:
    """What an instance takes from its cluster on AWS, whose template does not repeat it."""
    record.update({name: cluster[name] for name in _INHERITED})
    record["StorageType"] = "aurora"
    group = rds._subnet_groups.get(cluster["DBSubnetGroup"])
    if group is not None:
        record["DBSubnetGroup"] = group


def _link(physical_id: str, record: dict[str, Any], source: str) -> None:
    primary = _primary(source)
    # AWS takes encryption from the primary too, and refuses a template that states it.
    for name in ("Engine", "EngineVersion", "MasterUsername", "DBName", "StorageEncrypted"):
        record[name] = primary[name]
    record["ReadReplicaSourceDBInstanceIdentifier"] = source
    same_region = _region(primary) == _region(record)
    name = physical_id if same_region else record["DBInstanceArn"]
    replicas = primary.setdefault("ReadReplicaDBInstanceIdentifiers", [])
    if name not in replicas:
        replicas.append(name)


def _region(record: dict[str, Any]) -> str:
    return str(record["DBInstanceArn"].split(":")[3])


def _primary(source: str) -> dict[str, Any]:
    record = _by_arn(source) if source.startswith("arn:") else rds._instances.get(source)
    if record is None:
        raise ValueError(f"DB instance {source} not found")
    return record


def _by_arn(arn: str) -> dict[str, Any] | None:
    _, _, _, region, account, kind, name = arn.split(":", 6)
    store = rds._clusters if kind == "cluster" else rds._instances
    record: dict[str, Any] | None = store.get_scoped(account, region, name)
    return record


def _exists(arn: str) -> bool:
    return _by_arn(arn) is not None
