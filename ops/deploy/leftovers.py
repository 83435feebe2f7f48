"""Removes what a failed first deploy of a stack kept, so that the next one can make it again.

A resource that is never to be deleted stays even when the stack that was making it is rolled back.
Its name is then taken. Nothing was ever in it, and all of this lives on the embedded AWS only.
"""

import contextlib
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from ops.embedded.aws import Aws


@dataclass(frozen=True, slots=True)
class Removal:
    """The API call that deletes a resource of one type, given its physical id."""

    service: str
    operation: str
    argument: str
    extra: dict[str, object] = field(default_factory=dict)


REMOVALS = {
    "AWS::DynamoDB::GlobalTable": Removal("dynamodb", "delete_table", "TableName"),
    "AWS::DynamoDB::Table": Removal("dynamodb", "delete_table", "TableName"),
    "AWS::ECR::Repository": Removal("ecr", "delete_repository", "repositoryName", {"force": True}),
    "AWS::Logs::LogGroup": Removal("logs", "delete_log_group", "logGroupName"),
    "AWS::RDS::DBCluster": Removal(
        "rds", "delete_db_cluster", "DBClusterIdentifier", {"SkipFinalSnapshot": True}
    ),
    "AWS::RDS::DBClusterParameterGroup": Removal(
        "rds", "delete_db_cluster_parameter_group", "DBClusterParameterGroupName"
    ),
    "AWS::RDS::DBInstance": Removal(
        "rds", "delete_db_instance", "DBInstanceIdentifier", {"SkipFinalSnapshot": True}
    ),
    "AWS::RDS::DBParameterGroup": Removal("rds", "delete_db_parameter_group", "DBParameterGroupName"),
    "AWS::S3::Bucket": Removal("s3", "delete_bucket", "Bucket"),
    "AWS::SecretsManager::Secret": Removal(
        "secretsmanager", "delete_secret", "SecretId", {"ForceDeleteWithoutRecovery": True}
    ),
}


def kept(aws: Aws, stack: str) -> list[tuple[str, str]]:
    """Type and physical id of the resources a rolled-back stack left in place."""
    found = {}
    for page in aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
        for event in page["StackEvents"]:
            if event.get("ResourceStatus") == "DELETE_SKIPPED" and event.get("PhysicalResourceId"):
                found[event["PhysicalResourceId"]] = event["ResourceType"]
    return [(kind, physical_id) for physical_id, kind in found.items() if kind in REMOVALS]


def remove(aws: Aws, leftovers: list[tuple[str, str]]) -> None:
    """Delete them; one that is gone already is fine."""
    for kind, physical_id in leftovers:
        removal = REMOVALS[kind]
        with contextlib.suppress(ClientError):
            operation = getattr(aws.client(removal.service), removal.operation)
            operation(**{removal.argument: physical_id}, **removal.extra)
