"""The addresses of a service's running containers, as ECS knows them."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from connection_secrets.failure import ActionableError

# Without a way to ECS the defaults would outlast the function instead of failing.
_PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4})
_MOST_DESCRIBED = 100
"""DescribeTasks takes no more at a time, and ListTasks answers no more."""

client = boto3.client("ecs", config=_PATIENCE)


def addresses(cluster: str, service: str) -> list[str]:
    """Return the private addresses of the tasks that run.

    Tasks on their way up are not among them: they have no server connections yet. Nor are those told
    to stop: a pooler that drains has closed its door, its console included.
    """
    try:
        return [_address(task) for task in _running(cluster, service)]
    except (ClientError, BotoCoreError) as error:
        raise ActionableError(
            f"listing the tasks of {service} in {cluster} failed with {type(error).__name__}"
            f" {_code(error)}; check the permissions of the function and its way to ECS"
        ) from None


def _running(cluster: str, service: str) -> Iterator[Mapping[str, Any]]:
    pages = client.get_paginator("list_tasks").paginate(
        cluster=cluster, serviceName=service, desiredStatus="RUNNING"
    )
    for page in pages:
        for start in range(0, len(page["taskArns"]), _MOST_DESCRIBED):
            arns = page["taskArns"][start : start + _MOST_DESCRIBED]
            described = client.describe_tasks(cluster=cluster, tasks=arns)
            yield from (task for task in described["tasks"] if task["lastStatus"] == "RUNNING")


def _address(task: Mapping[str, Any]) -> str:
    for attachment in task.get("attachments", []):
        for detail in attachment.get("details", []):
            if detail["name"] == "privateIPv4Address":
                return str(detail["value"])
    raise ActionableError(f"task {task['taskArn']} runs and has no private address: it must use awsvpc")


def _code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
