"""What of a shard is put to sleep: read from the stacks that made it, so that nothing new is forgotten."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

from cambium.fargate_platform import FargatePlatform
from cambium.postgres_database import PostgresDatabase
from cambium.working_hours_plan import Shard as SleepingShard
from cambium.working_hours_plan import SleepingDatabase
from cambium.working_hours_tasks import Tasks
from config import names
from config.deployment import Deployment
from config.region import Region, Shard
from stacks.compute import ComputeStack
from stacks.data import DataStack
from stacks.observability import ObservabilityStack


def sleeping_shard(
    deployment: Deployment,
    region: Region,
    shard: Shard,
    compute: ComputeStack,
    data: DataStack,
    observability: ObservabilityStack,
) -> SleepingShard:
    """Its services with their bounds, its database, its alarms, and the NAT instance where it has its own."""
    platform = compute.platform
    assert isinstance(platform, FargatePlatform)  # noqa: S101 - a schedule elsewhere is refused before
    # The way out of a region is that of all its shards.
    nat = data.network.network.nat_instance if len(region.shards) == 1 else None
    return SleepingShard(
        cluster=platform.cluster.cluster_name,
        groups=_groups(deployment, shard, compute),
        database=_sleeping(data.database) if data.database else None,
        nat_instance=nat.instance.instance_id if nat else None,
        nat_description=nat.description if nat else "",
        alarms=list(_alarm_names(observability)),
    )


def _groups(deployment: Deployment, shard: Shard, compute: ComputeStack) -> list[list[Tasks]]:
    """The pool and whatever else is no service, then services, those that others call first."""
    left = {one.service: one for one in _tasks(compute)}
    waves = [
        [names.service_name(deployment.system, name, shard) for name in wave]
        for wave in called_first({one.name: one.calls for one in deployment.services})
    ]
    groups = [[left.pop(name) for name in wave if name in left] for wave in waves]
    return [group for group in ([*left.values()], *groups) if group]


def called_first(calls: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Names in waves: each after all that it calls. Those that call each other in a circle come last."""
    left, waves = dict(calls), list[list[str]]()
    while left:
        ready = [name for name, called in left.items() if not any(one in left for one in called)]
        waves.append(ready or list(left))
        left = {name: called for name, called in left.items() if name not in waves[-1]}
    return waves


def _tasks(compute: ComputeStack) -> Iterator[Tasks]:
    for construct in compute.node.find_all():
        if isinstance(construct, ecs.CfnService):
            bounds = _bounds(construct.node.scope)
            count = int(construct.desired_count or 0)
            yield Tasks(
                service=str(construct.service_name),
                least=int(bounds.min_capacity) if bounds else count,
                most=int(bounds.max_capacity) if bounds else count,
                scaled=bounds is not None,
            )


def _bounds(service: IConstruct | None) -> scaling.CfnScalableTarget | None:
    inside = service.node.find_all() if service else []
    return next((one for one in inside if isinstance(one, scaling.CfnScalableTarget)), None)


def _alarm_names(stack: ObservabilityStack) -> Iterator[str]:
    for construct in stack.node.find_all():
        if isinstance(construct, cloudwatch.CfnAlarm):
            yield str(construct.alarm_name)


def _sleeping(database: PostgresDatabase) -> SleepingDatabase:
    return SleepingDatabase(kind=database.kind, identifier=database.identifier, arn=database.arn)
