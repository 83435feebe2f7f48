"""Rules for RDS instances and Aurora clusters."""

import json
from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules.postgres_versions import is_withdrawn
from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import as_dict, number, text

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
GLOBAL_CLUSTER = "AWS::RDS::GlobalCluster"
GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"

STRIPED_GIB = 400
STRIPED_BASELINE = {"Iops": 12000, "StorageThroughput": 500}
STRIPED_ENGINES = frozenset({"postgres", "mysql", "mariadb"})
"""Engines whose gp3 volumes are striped from 400 GiB; Oracle's limit differs, SQL Server has none."""

ADVANCED_RETENTION_DAYS = 465
RESERVED_NAMES = frozenset({"admin", "rdsadmin"})


@rule(
    "CB-RDS-01",
    says="RDS no longer creates databases of this PostgreSQL version.",
    fix="Use a newer minor version. A database that already runs this one may acknowledge the rule "
    "until it is upgraded, but can't be replaced or restored.",
    docs="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/"
    "postgresql-release-calendar.html",
)
def version_is_creatable(templates: Templates) -> Iterator[Finding]:
    """Find versions that RDS has withdrawn."""
    for database in templates.of_type(INSTANCE, CLUSTER, GLOBAL_CLUSTER):
        engine, version = text(database.get("Engine")), database.get("EngineVersion")
        if isinstance(version, str | float) and is_withdrawn(engine, str(version)):
            yield finding(database, "EngineVersion", because=f"Engine = {engine!r}")


@rule(
    "CB-RDS-02",
    says="Below 400 GiB a gp3 volume of RDS has a fixed 3000 IOPS and 125 MiB/s, and RDS rejects "
    "a request that names them (InvalidParameterCombination).",
    fix="Leave out Iops and StorageThroughput, or allocate at least 400 GiB.",
    docs=f"{GUIDE}/CHAP_Storage.html#gp3-storage",
)
def small_gp3_has_no_iops(templates: Templates) -> Iterator[Finding]:
    """Find performance settings on small gp3 volumes."""
    for database, size in _gp3(templates):
        if size < STRIPED_GIB:
            for setting in STRIPED_BASELINE:
                if number(database.get(setting)) is not None:
                    yield finding(database, setting, because=f"AllocatedStorage = {size:g}")


@rule(
    "CB-RDS-03",
    says="From 400 GiB a gp3 volume of RDS starts at 12000 IOPS and 500 MiB/s, and RDS rejects lower values.",
    fix="Leave out Iops and StorageThroughput, or ask for at least 12000 and 500.",
    docs=f"{GUIDE}/CHAP_Storage.html#gp3-storage",
)
def large_gp3_asks_for_the_baseline(templates: Templates) -> Iterator[Finding]:
    """Find performance settings below what a large volume has anyway."""
    for database, size in _gp3(templates):
        if size >= STRIPED_GIB:
            for setting, baseline in STRIPED_BASELINE.items():
                value = number(database.get(setting))
                if value is not None and value < baseline:
                    yield finding(database, setting, because=f"AllocatedStorage = {size:g}")


@rule(
    "CB-RDS-08",
    says="PostgreSQL on RDS reserves the names admin, rdsadmin and all that start with pg_, and "
    "refuses them for the master user.",
    fix="Choose another MasterUsername, such as crm_admin.",
    docs="https://github.com/aws-cloudformation/cfn-lint/pull/4425",
)
def master_name_is_free(templates: Templates) -> Iterator[Finding]:
    """Find reserved names, also when the name comes from a generated secret."""
    for database in templates.of_type(INSTANCE, CLUSTER):
        if text(database.get("Engine")) in ("postgres", "aurora-postgresql"):
            name = _master_name(database, templates)
            if name in RESERVED_NAMES or name.startswith("pg_"):
                from_secret = f"its secret generates {name!r}"
                written = text(database.get("MasterUsername")) == name
                yield finding(database, "MasterUsername", because="" if written else from_secret)


@rule(
    "CB-RDS-09",
    says="Database Insights in advanced mode needs 465 days of Performance Insights history; RDS "
    "rejects less.",
    fix="Set PerformanceInsightsRetentionPeriod to 465 (15 months), or use standard mode.",
    docs=f"{GUIDE}/USER_DatabaseInsights.TurningOnAdvanced.html",
)
def advanced_insights_keep_15_months(templates: Templates) -> Iterator[Finding]:
    """Find advanced mode with the default or a short retention."""
    for database in templates.of_type(INSTANCE, CLUSTER):
        if text(database.get("DatabaseInsightsMode")) == "advanced":
            kept = database.get("PerformanceInsightsRetentionPeriod")
            days = number(0 if kept is None else kept)
            inherits = database.get("DBClusterIdentifier") is not None
            if days is not None and days < ADVANCED_RETENTION_DAYS and not inherits:
                yield finding(database, "PerformanceInsightsRetentionPeriod")


def _gp3(templates: Templates) -> Iterator[tuple[Resource, float]]:
    for database in templates.of_type(INSTANCE):
        size = number(database.get("AllocatedStorage"))
        engine = text(database.get("Engine"))
        for source in templates.targets(database.get("SourceDBInstanceIdentifier"), database.template):
            engine = engine or text(source.get("Engine"))
        if size and engine in STRIPED_ENGINES and text(database.get("StorageType")) == "gp3":
            yield database, size


def _master_name(database: Resource, templates: Templates) -> str:
    written = database.get("MasterUsername")
    for secret in templates.targets(written, database.template):
        try:
            secret_json: Any = secret.get("GenerateSecretString", "SecretStringTemplate")
            return text(as_dict(json.loads(secret_json)).get("username"))
        except (TypeError, ValueError):
            continue
    return text(written)
