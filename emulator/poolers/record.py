"""What the records of ECS know of a pooler, and are told of it."""

import uuid
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import ecs

from emulator.poolers.container import Container, pooler_in
from emulator.poolers.starter import Running

KIND = "embedded-pooler"
"""Attribute of a task that says what runs: ``pgbouncer``, or that connections go straight to the database."""

Task = dict[str, Any]


def pooler_of(tasks: list[Task]) -> Container | None:
    """Return the container that makes poolers of tasks, all of one definition."""
    if not tasks:
        return None
    return pooler_in(ecs._task_defs[tasks[0]["taskDefinitionArn"].rpartition("/")[2]])


def show(task: Task, one: Running) -> None:
    """Complete the record with what DescribeTasks answers of a task that runs in a VPC."""
    subnet = [{"name": "subnetId", "value": task["_subnet"]}] if task.get("_subnet") else []
    task["attachments"] = [
        {
            "id": str(uuid.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [*subnet, {"name": "privateIPv4Address", "value": one.address}],
        }
    ]
    task["attributes"] = [{"name": KIND, "value": one.pooler.kind}]
    task["lastStatus"] = "RUNNING"


def log_of(task: Task, container: Container) -> Callable[[str], None]:
    """Return what writes a line into the log group of the container, if it has one."""
    account, region = responses.get_account_id(), responses.get_region()
    config = ecs._awslogs_config(container, task["taskArn"].rpartition("/")[2], "")
    if config is None or not ecs._ensure_awslogs_stream(config):
        return lambda _line: None

    def write(line: str) -> None:
        with responses.request_scope(account, region):
            ecs._emit_awslogs_event(config, line)

    return write
