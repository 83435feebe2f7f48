"""Rules for RDS read replicas and the instances they copy."""

from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules.rds import GUIDE, INSTANCE
from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import flag, number, text

SOURCE = "SourceDBInstanceIdentifier"


@rule(
    "CB-RDS-04",
    says="RDS can't create a read replica of an instance whose master password it manages in "
    "Secrets Manager.",
    fix="Leave out ManageMasterUserPassword and give the instance a generated secret "
    "(rds.Credentials.from_generated_secret).",
    docs=f"{GUIDE}/rds-secrets-manager.html#rds-secrets-manager-limitations",
)
def source_keeps_its_own_password(templates: Templates) -> Iterator[Finding]:
    """Find managed passwords on sources, also when the replica is in another stack."""
    for source, replica in _pairs(templates):
        if flag(source.get("ManageMasterUserPassword")):
            yield finding(source, "ManageMasterUserPassword", because=_copied_by(replica))


@rule(
    "CB-RDS-05",
    says="A read replica gets the storage type it names, whatever its source has; CDK names gp2 by default.",
    fix="Set storage_type=rds.StorageType.GP3 on the replica.",
    docs=f"{GUIDE}/USER_ReadRepl.Create.html",
)
def replica_is_on_gp3(templates: Templates) -> Iterator[Finding]:
    """Find replicas on the previous storage generation, unless the source is there too."""
    for replica in _replicas(templates):
        storage = text(replica.get("StorageType"))
        sources = {text(source.get("StorageType")) for source in _sources(replica, templates)}
        if storage in ("gp2", "standard") and storage not in sources:
            yield finding(replica, "StorageType")


@rule(
    "CB-RDS-06",
    says="A read replica that names no parameter group takes its source's in the same Region and "
    "the engine's default in another, so the settings depend on where it is.",
    fix="Give the replica a parameter group in its own stack.",
    docs="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html",
)
def replica_names_its_parameters(templates: Templates) -> Iterator[Finding]:
    """Find replicas whose parameters nobody chose."""
    for replica in _replicas(templates):
        if replica.get("DBParameterGroupName") is None:
            yield finding(replica, "DBParameterGroupName")


@rule(
    "CB-RDS-07",
    says="Creating a gp3 replica that sets MaxAllocatedStorage without AllocatedStorage fails "
    "after the copy, when RDS applies the ceiling.",
    fix="Set AllocatedStorage on the replica, at least as large as the source's.",
    docs="https://github.com/aws/aws-cdk/issues/26803",
)
def growing_replica_states_its_size(templates: Templates) -> Iterator[Finding]:
    """Find storage autoscaling on replicas of unstated size."""
    for replica in _replicas(templates):
        grows = replica.get("MaxAllocatedStorage") is not None
        unstated = replica.get("AllocatedStorage") is None
        if grows and unstated and text(replica.get("StorageType")) == "gp3":
            yield finding(replica, "AllocatedStorage")


@rule(
    "CB-RDS-10",
    says="RDS refuses to create a read replica of an instance without automated backups.",
    fix="Set BackupRetentionPeriod of the source to at least 1.",
    docs=f"{GUIDE}/USER_ReadRepl.Create.html",
)
def source_is_backed_up(templates: Templates) -> Iterator[Finding]:
    """Find sources with backups switched off."""
    for source, replica in _pairs(templates):
        if number(source.get("BackupRetentionPeriod")) == 0:
            yield finding(source, "BackupRetentionPeriod", because=_copied_by(replica))


def _replicas(templates: Templates) -> Iterator[Resource]:
    for instance in templates.of_type(INSTANCE):
        if instance.get(SOURCE) is not None:
            yield instance


def _pairs(templates: Templates) -> Iterator[tuple[Resource, Resource]]:
    """Each source once, with the first replica that copies it."""
    seen: set[int] = set()
    for replica in _replicas(templates):
        for source in _sources(replica, templates):
            if id(source) not in seen:
                seen.add(id(source))
                yield source, replica


def _sources(replica: Resource, templates: Templates) -> Iterator[Resource]:
    """Instances the replica copies, by reference or by identifier."""
    identifier = replica.get(SOURCE)
    yield from (t for t in templates.targets(identifier, replica.template) if t.type == INSTANCE)
    names = {name.rsplit(":", 1)[-1] for name in _literals(identifier)} - {""}
    for instance in templates.of_type(INSTANCE):
        if instance is not replica and text(instance.get("DBInstanceIdentifier")) in names:
            yield instance


def _literals(value: Any) -> Iterator[str]:
    """Strings written in ``value``, such as the pieces of a joined ARN."""
    if isinstance(value, str):
        yield value.lower()
    elif isinstance(value, list):
        for part in value:
            yield from _literals(part)
    elif isinstance(value, dict):
        for function in ("Fn::Join", "Fn::Sub"):
            yield from _literals(value.get(function))


def _copied_by(replica: Resource) -> str:
    return f"its replica is {replica.logical_id} in {replica.template.file}"
