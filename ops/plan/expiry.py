"""Settings that delete by themselves: what a shorter retention or a new rule takes from what stays."""

from collections.abc import Mapping

from ops.plan.difference import same
from ops.plan.side import Resource
from ops.plan.verdict import Change

SHORTER: Mapping[tuple[str, str], str] = {
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"): "automatic backups older than {} days",
    ("AWS::RDS::DBCluster", "BackupRetentionPeriod"): "automatic backups older than {} days",
    ("AWS::ElastiCache::ReplicationGroup", "SnapshotRetentionLimit"): "snapshots older than {} days",
    ("AWS::Logs::LogGroup", "RetentionInDays"): "log lines older than {} days",
}
"""Numbers that, made smaller, delete what is older. An absent one keeps everything, or is AWS's default."""
EXPIRY: Mapping[tuple[str, str], str] = {
    ("AWS::S3::Bucket", "LifecycleConfiguration"): "objects that the new lifecycle rules expire",
    ("AWS::ECR::Repository", "LifecyclePolicy"): "images that the new lifecycle policy expires",
    ("AWS::SecretsManager::Secret", "GenerateSecretString"): "the secret's value: another one is generated",
    ("AWS::SecretsManager::Secret", "SecretString"): "the secret's value: this one is written over it",
    ("AWS::DynamoDB::Table", "TimeToLiveSpecification"): "items whose time to live is over",
    ("AWS::DynamoDB::GlobalTable", "TimeToLiveSpecification"): "items whose time to live is over",
}
"""Settings whose change may delete more than before, or write over it."""


def expiring(one: Resource, change: Change) -> str | None:
    """What AWS deletes because a setting of a resource that stays has changed; None when nothing."""
    changed = [
        name for (type_name, name) in (*SHORTER, *EXPIRY) if type_name == one.type and name in change.touched
    ]
    for name in changed:
        was, becomes = one.properties.get(name), change.latest.properties.get(name)
        if (one.type, name) in SHORTER and _is_less(was, becomes):
            return SHORTER[one.type, name].format(becomes)
        if (one.type, name) in EXPIRY and becomes and not _only_lost_rules(was, becomes):
            return EXPIRY[one.type, name]
    return None


def _is_less(was: object, becomes: object) -> bool:
    if not isinstance(becomes, int | float | str) or not str(becomes).isdigit():
        return False
    return not str(was).isdigit() or int(str(becomes)) < int(str(was))


def _only_lost_rules(was: object, becomes: object) -> bool:
    if isinstance(was, Mapping) and isinstance(becomes, Mapping):
        rules = [side.get("Rules") for side in (was, becomes)]
        if all(isinstance(side, list) for side in rules):
            return all(any(same(rule, old) for old in rules[0] or []) for rule in rules[1] or [])
    return False
