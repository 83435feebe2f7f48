"""Counts containers that do not run or began anew, and tells CloudWatch."""

import json
from pathlib import Path

from host.containers import Containers
from host.plan import Plan
from host.programs import run
from host.state import State

_SECONDS = 30.0


def missing(plan: Plan, containers: Containers, state: State) -> list[str]:
    """Names of services that should run now and do not."""
    absent = [service.name for service in plan.of("steady", "worker") if containers.running(service) is None]
    if state.live is None:
        return absent
    slot = state.live.slot
    return absent + [s.name for s in plan.of("rolling") if containers.running(s, slot) is None]


def restarts(plan: Plan, memory: Path) -> int:
    """How often Docker has started containers again since it was asked last."""
    listed = run(
        ["docker", "ps", "--quiet", "--filter", f"label=com.docker.compose.project={plan.system}"],
        seconds=_SECONDS,
    ).split()
    told = run(["docker", "inspect", "--format", "{{.Id}} {{.RestartCount}}", *listed], seconds=_SECONDS)
    now = {line.split()[0]: int(line.split()[1]) for line in told.splitlines()} if listed else {}
    return new_restarts(now, memory)


def new_restarts(now: dict[str, int], memory: Path) -> int:
    """Restarts since the counts in ``memory``, which are replaced. A container that is new counts its own."""
    before: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else now
    memory.write_text(json.dumps(now))
    return sum(max(0, count - before.get(name, 0)) for name, count in now.items())


def tell(plan: Plan, values: dict[str, int]) -> None:
    """Send the values as metrics of this machine."""
    data = [
        {
            "MetricName": name,
            "Value": value,
            "Unit": "Count",
            "Dimensions": [{"Name": "Host", "Value": plan.system}],
        }
        for name, value in values.items()
    ]
    request = json.dumps({"Namespace": plan.namespace, "MetricData": data})
    command = ["aws", "cloudwatch", "put-metric-data", "--region", plan.region]
    run([*command, "--cli-input-json", "file:///dev/stdin"], seconds=_SECONDS, given=request)
