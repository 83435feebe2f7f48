"""How services on ECS and App Runner are restarted, and the kinds of rollout a plan may name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3

from connection_secrets import properties as read
from connection_secrets.failure import ActionableError
from connection_secrets.properties import Properties
from rotation.host_rollout import HostRollout
from rotation.rollout_state import PATIENCE, Rollout, State

_MOST_DESCRIBED = 100
"""DescribeTasks takes no more at a time, and ListTasks answers no more."""

ecs = boto3.client("ecs", config=PATIENCE)
app_runner = boto3.client("apprunner", config=PATIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EcsRollout(Rollout):
    """A service on ECS."""

    cluster: str

    def _state(self, since: datetime) -> State:
        if all(task["createdAt"] >= since for task in self._tasks()):
            return State.SETTLED
        deployment = self._newest_deployment()
        if deployment["createdAt"] < since:
            return State.STALE
        # What is left of the old ones drains, and may still log in.
        return State.FAILED if deployment.get("rolloutState") == "FAILED" else State.ROLLING

    def _roll(self) -> None:
        ecs.update_service(cluster=self.cluster, service=self.name, forceNewDeployment=True)

    def _newest_deployment(self) -> Mapping[str, Any]:
        found = ecs.describe_services(cluster=self.cluster, services=[self.name])["services"]
        if not found:
            raise ActionableError(f"service {self.name} does not exist in cluster {self.cluster}")
        return max(found[0]["deployments"], key=lambda one: one["createdAt"])

    def _tasks(self) -> Iterator[Mapping[str, Any]]:
        """Every task that may still open a connection, draining ones too."""
        for status in ("RUNNING", "STOPPED"):
            pages = ecs.get_paginator("list_tasks").paginate(
                cluster=self.cluster, serviceName=self.name, desiredStatus=status
            )
            for page in pages:
                for start in range(0, len(page["taskArns"]), _MOST_DESCRIBED):
                    arns = page["taskArns"][start : start + _MOST_DESCRIBED]
                    described = ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
                    yield from (task for task in described if task["lastStatus"] != "STOPPED")


_DEPLOYS = ("CREATE_SERVICE", "UPDATE_SERVICE", "START_DEPLOYMENT")
_UNDER_WAY = ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRunnerRollout(Rollout):
    """A service on App Runner: its instances read the secret when the service is deployed."""

    service_arn: str

    def _state(self, since: datetime) -> State:
        operations = app_runner.list_operations(ServiceArn=self.service_arn)["OperationSummaryList"]
        since_then = [one for one in operations if one["Type"] in _DEPLOYS and one["StartedAt"] >= since]
        if not since_then:
            return State.STALE
        status = max(since_then, key=lambda one: one["StartedAt"])["Status"]
        if status == "SUCCEEDED":
            return State.SETTLED
        return State.ROLLING if status in _UNDER_WAY else State.FAILED

    def _roll(self) -> None:
        app_runner.start_deployment(ServiceArn=self.service_arn)


def rollout(properties: Properties) -> Rollout:
    """Return the service an entry of the plan describes."""
    kind, name = read.text(properties, "Kind"), read.text(properties, "Service")
    secret_arns = read.texts(properties, "SecretArns")
    if kind not in _KINDS:
        raise ActionableError(f"Kind must be one of {', '.join(_KINDS)}, got {kind!r}")
    return _KINDS[kind](name, secret_arns, properties)


_KINDS: Mapping[str, Callable[[str, tuple[str, ...], Properties], Rollout]] = {
    "ecs": lambda name, arns, given: EcsRollout(
        name=name, secret_arns=arns, cluster=read.text(given, "Cluster")
    ),
    "app-runner": lambda name, arns, given: AppRunnerRollout(
        name=name, secret_arns=arns, service_arn=read.text(given, "ServiceArn")
    ),
    "host": lambda name, arns, given: HostRollout(
        name=name, secret_arns=arns, document=read.text(given, "Document"), tag=read.text(given, "Tag")
    ),
}
