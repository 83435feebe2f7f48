"""S3 bucket settings and DynamoDB replicas."""

from typing import Any

from emulator.conform import call
from emulator.loopback import api, region
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp


class Bucket(TopUp):
    """Encryption, ownership, logging, lifecycle, replication and tags of a bucket.

    A setting that the template takes away again stays, except that its default is never restored;
    no object is ever moved, deleted or copied by a rule.
    """

    type_name = "AWS::S3::Bucket"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Apply each setting the template has, through the S3 API."""
        for name, apply_setting in _BUCKET_SETTINGS.items():
            if properties.get(name):
                apply_setting(physical_id, properties[name])
        return {}


def _encryption(bucket: str, value: Any) -> None:
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        rule = dict(rule)
        default = dict(rule.pop("ServerSideEncryptionByDefault", {}))
        if default.get("SSEAlgorithm") == "aws:kms":
            default.setdefault("KMSMasterKeyID", "alias/aws/s3")  # what no key means in AWS
        rules.append(rule | {"ApplyServerSideEncryptionByDefault": default})
    _put("PutBucketEncryption", bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _ownership(bucket: str, value: Any) -> None:
    _put("PutBucketOwnershipControls", bucket, OwnershipControls=value)


def _tags(bucket: str, value: Any) -> None:
    tags = [tag for tag in value if not tag["Key"].startswith("aws:")]
    _put("PutBucketTagging", bucket, Tagging={"TagSet": tags})


def _logging(bucket: str, value: Any) -> None:
    target = value.get("DestinationBucketName", bucket)
    enabled = {"TargetBucket": target, "TargetPrefix": value.get("LogFilePrefix", "")}
    _put("PutBucketLogging", bucket, BucketLoggingStatus={"LoggingEnabled": enabled})


def _lifecycle(bucket: str, value: Any) -> None:
    rules = [_lifecycle_rule(rule) for rule in value["Rules"]]
    configuration = {"Rules": rules}
    _put("PutBucketLifecycleConfiguration", bucket, LifecycleConfiguration=configuration)


_RENAMED = {
    "TransitionInDays": "Days",
    "Id": "ID",
}
_KEPT = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Status", "Id")


def _lifecycle_rule(rule: Any) -> dict[str, Any]:
    result = {_RENAMED.get(name, name): rule[name] for name in _KEPT if name in rule}
    result["Filter"] = {"Prefix": rule.get("Prefix", "")}
    if "ExpirationInDays" in rule:
        result["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "Transitions" in rule:
        result["Transitions"] = [_renamed(item, "Days") for item in rule["Transitions"]]
    if "NoncurrentVersionTransitions" in rule:
        result["NoncurrentVersionTransitions"] = [
            _renamed(item, "NoncurrentDays") for item in rule["NoncurrentVersionTransitions"]
        ]
    if rule.get("ExpiredObjectDeleteMarker"):
        result.setdefault("Expiration", {})["ExpiredObjectDeleteMarker"] = True
    return result


def _renamed(transition: Any, days: str) -> dict[str, Any]:
    names = {"TransitionInDays": days}
    return {names.get(name, name): value for name, value in transition.items()}


def _replication(bucket: str, value: Any) -> None:
    _put("PutBucketReplication", bucket, ReplicationConfiguration=value)


def _put(operation: str, bucket: str, **parameters: Any) -> None:
    call(api("s3"), operation, {}, Bucket=bucket, **parameters)


_BUCKET_SETTINGS = {
    "BucketEncryption": _encryption,
    "OwnershipControls": _ownership,
    "Tags": _tags,
    "LoggingConfiguration": _logging,
    "LifecycleConfiguration": _lifecycle,
    "ReplicationConfiguration": _replication,
}


class GlobalTable(TopUp):
    """The replicas of a DynamoDB table in other regions; their own settings are not applied."""

    type_name = "AWS::DynamoDB::GlobalTable"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Add and remove replicas until they are those of the template."""
        wanted = self._elsewhere(properties)
        table = api("dynamodb").describe_table(TableName=physical_id)["Table"]
        existing = {replica["RegionName"] for replica in table.get("Replicas", [])} - {region()}
        self._change(physical_id, "Create", wanted - existing)
        self._change(physical_id, "Delete", existing - wanted)
        return {}

    def before_delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the replicas: MiniStack would leave them behind."""
        self._change(physical_id, "Delete", self._elsewhere(properties))

    def _elsewhere(self, properties: Properties) -> set[str]:
        return {replica["Region"] for replica in properties.get("Replicas", [])} - {region()}

    def _change(self, table: str, action: str, regions: set[str]) -> None:
        for name in sorted(regions):
            api("dynamodb").update_table(TableName=table, ReplicaUpdates=[{action: {"RegionName": name}}])
