"""Whether all that runs of a service has started after its secret was written, and how to see to it."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import boto3
from botocore.config import Config

from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError
from connection_secrets.properties import Properties

# Without a way to them the defaults would outlast the function instead of failing.
_PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4})
_MOST_DESCRIBED = 100
"""DescribeTasks takes no more at a time, and ListTasks answers no more."""
_MARGIN = timedelta(seconds=1)
"""Times of two AWS services are not compared to the millisecond."""

ecs = boto3.client("ecs", config=_PATIENCE)
app_runner = boto3.client("apprunner", config=_PATIENCE)


class State(StrEnum):
    """Where a service is on its way to what its secret says."""

    SETTLED = "settled"
    STALE = "stale"
    """Something runs that has read the secret before, and nothing replaces it."""
    ROLLING = "rolling"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(ABC):
    """One service that reads one secret when it starts."""

    name: str
    secret_arn: str

    def state(self) -> State:
        """Compare what runs with the time its secret was written."""
        written = secret_store.composed_at(self.secret_arn)
        return State.SETTLED if written is None else self._state(written + _MARGIN)

    def roll(self) -> bool:
        """Replace what is stale, unless that is under way; return whether it was started now."""
        if self.state() not in (State.STALE, State.FAILED):
            return False
        written = secret_store.composed_at(self.secret_arn)
        if written is not None:
            # What starts sooner would count as stale again.
            time.sleep(max(0.0, (written + _MARGIN - datetime.now(UTC)).total_seconds()))
        self._roll()
        return True

    @abstractmethod
    def _state(self, since: datetime) -> State: ...

    @abstractmethod
    def _roll(self) -> None: ...


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
    secret_arn = read.text(properties, "SecretArn")
    if kind == "ecs":
        return EcsRollout(name=name, secret_arn=secret_arn, cluster=read.text(properties, "Cluster"))
    if kind == "app-runner":
        return AppRunnerRollout(
            name=name, secret_arn=secret_arn, service_arn=read.text(properties, "ServiceArn")
        )
    raise ActionableError(f"Kind must be ecs or app-runner, got {kind!r}")
