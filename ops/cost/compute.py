"""Tasks on Fargate: services, and jobs by the clock."""

import json
from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line, scale_of
from ops.cost.price import Price, together
from ops.cost.reading import Reading
from ops.plan.side import Resource
from ops.reachability.templates import Address

TASK = "AWS::ECS::TaskDefinition"
CPU_UNITS = 1024
MIB = 1024


@counts("AWS::ECS::Service")
def services(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Tasks by the hour, from the smallest to the largest scale-out; what a rollout adds is not counted."""
    bounds = _bounds(reading)
    for one in resources:
        task = reading.target(one, "TaskDefinition", TASK)
        desired = float(one.properties.get("DesiredCount", 1))
        low, high = bounds.get(one.address, (desired, desired))
        spot, hours = _is_spot(one), reading.awake_hours
        name = str(one.properties.get("ServiceName") or one.path)
        region = reading.region(one)
        price = None if task is None else task_price(reading, task, region, spot=spot)
        if _has_public_address(one):
            address = reading.price("AmazonVPC", "public IPv4 address (in use or idle)", region)
            yield Line(
                "network", f"public address of {name}", region, low * hours, high * hours, address, "hours"
            )
        yield Line(
            "compute",
            f"{name}, {scale_of(low, high)} of {_size(task)}{' on Spot' if spot else ''}",
            region,
            low * hours,
            high * hours,
            price,
            "task-hours",
            note="the price of Spot changes" if spot else "",
            grows="with tasks",
            committed=not spot,
        )


def task_price(reading: Reading, task: Resource, region: str, *, spot: bool) -> Price | None:
    """An hour of one task."""
    arm = (task.properties.get("RuntimePlatform") or {}).get("CpuArchitecture") == "ARM64"
    kind = f"Fargate{' Spot' if spot else ''} Linux {'ARM64' if arm else 'x86'}"
    cpu, memory = float(task.properties["Cpu"]) / CPU_UNITS, float(task.properties["Memory"]) / MIB
    return together(
        "task-hour",
        (cpu, reading.price("AmazonECS", f"{kind} vCPU", region)),
        (memory, reading.price("AmazonECS", f"{kind} memory", region)),
    )


@counts("AWS::Scheduler::Schedule")
def jobs(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Tasks that a schedule runs once, such as a dump; the schedules themselves are free."""
    running = [one for one in resources if "EcsParameters" in (one.properties.get("Target") or {})]
    for one in running:
        task = reading.target(one, "Target", TASK)
        region = reading.region(one)
        hours = reading.usage.job_hours / len(running)
        yield Line(
            "compute",
            f"scheduled jobs of {_size(task)}",
            region,
            hours,
            hours,
            None if task is None else task_price(reading, task, region, spot=False),
            "task-hours",
            note=f"assumed: {reading.usage.job_hours:g} hours of jobs",
        )


def _bounds(reading: Reading) -> dict[Address, tuple[float, float]]:
    found = {}
    for one in reading.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        service = reading.target(one, "ResourceId", "AWS::ECS::Service")
        if service is not None:
            least, most = (float(one.properties[name]) for name in ("MinCapacity", "MaxCapacity"))
            found[service.address] = (least, most)
    return found


def _is_spot(service: Resource) -> bool:
    strategy = service.properties.get("CapacityProviderStrategy") or []
    used = [part["CapacityProvider"] for part in strategy if part.get("Weight", 1)]
    return bool(used) and set(used) == {"FARGATE_SPOT"}


def _has_public_address(service: Resource) -> bool:
    return '"AssignPublicIp": "ENABLED"' in json.dumps(service.properties.get("NetworkConfiguration"))


def _size(task: Resource | None) -> str:
    if task is None:
        return "unknown size"
    cpu, memory = float(task.properties["Cpu"]) / CPU_UNITS, float(task.properties["Memory"]) / MIB
    return f"{cpu:g} vCPU and {memory:g} GB"
