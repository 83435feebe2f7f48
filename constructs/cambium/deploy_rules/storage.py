"""Rules for data that can't be kept as asked, or can never be removed again."""

from collections.abc import Iterator

from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Templates
from cambium.deploy_rules.values import flag, text

GUIDE = "https://docs.aws.amazon.com"


@rule(
    "CB-DYNAMODB-01",
    says="DynamoDB global tables with multi-Region strong consistency support neither TTL nor "
    "local secondary indexes.",
    fix="Use eventual consistency (the default), or drop the TTL and the local indexes.",
    docs=f"{GUIDE}/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
)
def strong_table_has_no_ttl(templates: Templates) -> Iterator[Finding]:
    """Find features that strong consistency excludes."""
    for table in templates.of_type("AWS::DynamoDB::GlobalTable"):
        if text(table.get("MultiRegionConsistency")) == "strong":
            if flag(table.get("TimeToLiveSpecification", "Enabled")):
                yield finding(table, "TimeToLiveSpecification", "Enabled")
            if table.items("LocalSecondaryIndexes"):
                yield finding(table, "LocalSecondaryIndexes")


@rule(
    "CB-S3-01",
    says="Nobody, not even root or AWS, can delete an object in compliance mode or shorten its "
    "retention; the bill runs until it ends.",
    fix="Use GOVERNANCE mode, and acknowledge this rule once the retention is signed off.",
    docs=f"{GUIDE}/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes",
)
def object_lock_can_be_lifted(templates: Templates) -> Iterator[Finding]:
    """Find buckets whose objects are locked for good by default."""
    path = ("ObjectLockConfiguration", "Rule", "DefaultRetention", "Mode")
    for bucket in templates.of_type("AWS::S3::Bucket"):
        if text(bucket.get(*path)) == "compliance":
            yield finding(bucket, *path)


@rule(
    "CB-BACKUP-01",
    says="A vault lock with ChangeableForDays becomes compliance mode after that many days: then "
    "nobody, not even root or AWS, can remove it or delete a backup early.",
    fix="Leave out ChangeableForDays (governance mode), and acknowledge this rule once the "
    "retention is signed off.",
    docs=f"{GUIDE}/aws-backup/latest/devguide/vault-lock.html",
)
def vault_lock_can_be_lifted(templates: Templates) -> Iterator[Finding]:
    """Find vaults that lock for good."""
    path = ("LockConfiguration", "ChangeableForDays")
    for vault in templates.of_type("AWS::Backup::BackupVault"):
        if vault.get("LockConfiguration") is not None and _is_stated(vault.get(*path)):
            yield finding(vault, *path)


def _is_stated(value: object) -> bool:
    return isinstance(value, int | float | str)
