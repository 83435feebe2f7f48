"""Finds database parameters, pool settings and numbers of tasks in CloudFormation templates."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ops.drills.plan import Tasks
from ops.outcome import ExitCode, OperatorError
from ops.reachability.templates import Address, Template, Templates

SETTINGS = "POOL_SETTINGS"
_GROUPS = ("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
_SERVICE = "AWS::ECS::Service"
_SCALING = "AWS::ApplicationAutoScaling::ScalableTarget"


class Found(NamedTuple):
    """What the templates of a shard say about its database and its connection pool."""

    parameters: Mapping[str, str]
    left_out: tuple[str, ...]
    """Parameters that an ordinary PostgreSQL does not know."""
    settings: Mapping[str, Any]
    poolers: Tasks
    services: Mapping[str, Tasks]
    """Tasks by the name of the container."""


def find(templates: Mapping[str, Template]) -> Found:
    """Read the templates.

    Raises:
        OperatorError: no container has pool settings, or no parameter group is there.
    """
    known = Templates(templates)
    containers = {
        container["Name"]: (_environment(container), tasks)
        for address, service in known.of_type(_SERVICE)
        for tasks in [_tasks(known, address, service)]
        for container in _containers(known, address, service)
    }
    pools = [(told[SETTINGS], tasks) for told, tasks in containers.values() if SETTINGS in told]
    groups = [properties.get("Parameters", {}) for _, properties in known.of_type(*_GROUPS)]
    if not pools or not groups:
        missing = f"container with {SETTINGS}" if groups else "database parameter group"
        raise OperatorError(
            ExitCode.SYNTHESIS, f"the templates have no {missing}, so there is nothing to drill"
        )
    settings, poolers = pools[0]
    taken = {name: str(value) for name, value in groups[0].items() if _is_ordinary(name, value)}
    return Found(
        parameters=taken,
        left_out=tuple(sorted(set(groups[0]) - set(taken))),
        settings=json.loads(settings),
        poolers=poolers,
        services={name: tasks for name, (_, tasks) in containers.items()},
    )


def _is_ordinary(name: str, value: object) -> bool:
    """Neither a parameter that only RDS has, nor a formula it computes from the size of an instance."""
    return "." not in name and isinstance(value, str) and "{" not in value


def _tasks(known: Templates, address: Address, service: Mapping[str, Any]) -> Tasks:
    rollout = service.get("DeploymentConfiguration", {}).get("MaximumPercent", 200)
    bounds = [
        scaling["MaxCapacity"]
        for where, scaling in known.of_type(_SCALING)
        if address in known.references(where.stack, scaling.get("ResourceId"))
    ]
    return Tasks(largest=int(max([*bounds, service.get("DesiredCount", 1)])), rollout_percent=int(rollout))


def _containers(
    known: Templates, address: Address, service: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    task = known.target(address.stack, service.get("TaskDefinition"))
    if task is not None:
        yield from known.properties(task).get("ContainerDefinitions", [])


def _environment(container: Mapping[str, Any]) -> dict[str, Any]:
    return {one["Name"]: one["Value"] for one in container.get("Environment", [])}
