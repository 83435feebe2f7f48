"""Connection pools of the embedded AWS that pool nothing, because it had no pgbouncer to run."""

from collections.abc import Iterable, Iterator
from typing import Any

from ops.embedded.aws import Place, Places

ATTRIBUTE, POOLS = "embedded-pooler", "pgbouncer"
"""What a task of a pool says there about the program it runs."""


def straight(places: Places, wanted: Iterable[Place]) -> tuple[str, ...]:
    """Names of services whose clients go straight to the database."""
    return tuple(sorted({name for place in wanted for name in _services(places.at(place).client("ecs"))}))


def _services(ecs: Any) -> Iterator[str]:
    for cluster in ecs.list_clusters()["clusterArns"]:
        arns = ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"]
        tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        for task in tasks:
            kinds = [one["value"] for one in task.get("attributes", []) if one["name"] == ATTRIBUTE]
            if kinds and POOLS not in kinds:
                yield str(task["group"]).removeprefix("service:")
