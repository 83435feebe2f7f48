"""What holds data by the hour: RDS, Aurora, ElastiCache, DynamoDB."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import HOURS_A_MONTH, Reading
from ops.plan.side import Resource

SERVERLESS = "db.serverless"
AURORA = "Aurora PostgreSQL Serverless v2 Standard"


@counts("AWS::RDS::DBInstance")
def instances(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Instances by the hour and their disks, which cost also while an instance is stopped.

    A replica has a disk of its own, as large as its primary's. What storage may grow to is not counted.
    """
    for one in resources:
        if one.properties.get("DBInstanceClass") == SERVERLESS:
            continue
        region, kind = reading.region(one), str(one.properties["DBInstanceClass"])
        zones = "Multi-AZ" if one.properties.get("MultiAZ") in (True, "true") else "Single-AZ"
        name = one.path.split("/")[-1]
        product = f"PostgreSQL {kind} {zones}" if _is_postgres(one) else kind
        reserved = reading.price("AmazonRDS", f"{product}, reserved 1 year, no upfront", region)
        hours = reading.awake_hours
        yield Line(
            "database",
            f"{name}: {kind} {zones}",
            region,
            hours,
            hours,
            reading.price("AmazonRDS", product, region),
            reserved=reserved,
            reservable=hours == HOURS_A_MONTH,
        )
        size = float(one.properties["AllocatedStorage"]) if "AllocatedStorage" in one.properties else 0.0
        disk = str(one.properties.get("StorageType", "gp2"))
        price = reading.price("AmazonRDS", f"PostgreSQL {disk} storage {zones}", region) if size else None
        yield Line("database", f"{name}: {disk} {zones}", region, size, size, price, "GB")
    yield from _backups(reading, [one for one in resources if one.properties.get("BackupRetentionPeriod")])


def _backups(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    size = reading.usage.database_backup_gb
    for region, number in reading.by_region(resources).items() if size else ():
        price = reading.price("AmazonRDS", "backup storage above 100% of provisioned DB storage", region)
        note = f"assumed: {size:g} GB above the database's own size"
        yield Line("database", "backups", region, size * number, size * number, price, "GB", note, "with use")


@counts("AWS::RDS::DBCluster")
def clusters(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Aurora Serverless: its capacity, from what it keeps to what it may take, its storage and its reads."""
    use = reading.usage
    members = [
        one for one in reading.of_type("AWS::RDS::DBInstance") if "DBClusterIdentifier" in one.properties
    ]
    for one in resources:
        region = reading.region(one)
        scaling = one.properties.get("ServerlessV2ScalingConfiguration") or {}
        least, most = float(scaling.get("MinCapacity", 0.5)), float(scaling.get("MaxCapacity", 128))
        hours = reading.awake_hours * max(len(members) / len(resources), 1)
        most_hours = most * hours
        yield Line(
            "database",
            f"Aurora Serverless, {least:g} to {most:g} ACU",
            region,
            min(least * hours + use.aurora_acu_hours, most_hours),
            most_hours,
            reading.price("AmazonRDS", AURORA, region),
            note=f"assumed: {use.aurora_acu_hours:g} ACU-hours above the minimum at the least",
            grows="with use",
        )
        for words, amount, sku in (
            ("storage", use.aurora_gb, "Aurora Standard storage"),
            ("reads and writes", use.aurora_ios_millions, "Aurora Standard I/O"),
        ):
            price = reading.price("AmazonRDS", sku, region)
            unit = "GB" if words == "storage" else "million"
            note = f"assumed: {amount:g} {unit}"
            yield Line("database", f"Aurora, {words}", region, amount, amount, price, unit, note, "with use")


@counts("AWS::ElastiCache::ReplicationGroup")
def caches(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Nodes by the hour: a cache can't be stopped."""
    for one in resources:
        region, kind = reading.region(one), str(one.properties["CacheNodeType"])
        engine = {"valkey": "Valkey", "redis": "Redis OSS"}.get(str(one.properties.get("Engine", "redis")))
        nodes = float(one.properties.get("NumCacheClusters", 1))
        hours = nodes * HOURS_A_MONTH
        price = reading.price("AmazonElastiCache", f"{kind} {engine} node", region)
        words = f"{nodes:g} {engine} {'node' if nodes == 1 else 'nodes'} {kind}"
        yield Line("database", words, region, hours, hours, price, reservable=True)


@counts("AWS::DynamoDB::GlobalTable")
def tables(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Tables on demand: each replica stores everything, and each is written to."""
    use = reading.usage
    for one in resources:
        for replica in one.properties.get("Replicas") or []:
            region = str(replica["Region"])
            recovery = replica.get("PointInTimeRecoverySpecification") or {}
            asked = f"assumed: {use.requests_millions:g} million"
            for words, amount, sku, unit, note in (
                ("storage", use.table_gb, "standard storage", "GB", f"assumed: {use.table_gb:g} GB"),
                ("reads", use.requests_millions, "on-demand read request units", "million", asked),
                *(
                    [("point-in-time recovery", use.table_gb, "PITR", "GB", f"assumed: {use.table_gb:g} GB")]
                    if recovery.get("PointInTimeRecoveryEnabled")
                    else []
                ),
            ):
                price = reading.price("AmazonDynamoDB", sku, region)
                yield Line(
                    "database", f"DynamoDB, {words}", region, amount, amount, price, unit, note, "with use"
                )


def _is_postgres(instance: Resource) -> bool:
    # A replica has its primary's engine, and need not say so.
    return str(instance.properties.get("Engine", "postgres")) == "postgres"
