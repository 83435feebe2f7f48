"""How sizes, numbers and platforms are said to somebody who is not an engineer."""

from collections.abc import Iterable

from config.platform_name import Platform
from config.service import Service

PLATFORMS: dict[Platform, str] = {
    "app-runner": "containers on AWS App Runner",
    "fargate": "containers on AWS Fargate",
    "host": "containers on one machine",
}

MIGRATES: dict[Platform, str] = {"host": "runs once requests have moved"}
"""When a platform migrates that does not migrate first: see ``runtime/host/release.py``."""


def size(cpu: int, memory_mib: int) -> str:
    """``1024, 2048`` as ``1 vCPU, 2 GB``."""
    return f"{cpu / 1024:g} vCPU, {_memory(memory_mib)}"


def _memory(mib: int) -> str:
    return f"{mib / 1024:g} GB" if mib >= 512 else f"{mib} MB"


def count(number: int, noun: str) -> str:
    """``1 instance``, ``2 instances``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def instances(service: Service, platform: Platform) -> str:
    """How many there are, and how many there may be; of migrations, when they run."""
    least, most = service.scaling.min, service.scaling.max
    if service.before_rollout:
        return MIGRATES.get(platform, "runs before a rollout")
    return count(most, "instance") if least == most else f"{least}–{most} instances"  # noqa: RUF001


def ports(numbers: Iterable[int]) -> str:
    """Sorted, and runs of them as first and last."""
    runs: list[list[int]] = []
    for port in sorted(set(numbers)):
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    joint = ", " if len(run) < 3 else "–"  # noqa: RUF001
    return str(run[0]) if len(run) == 1 else f"{run[0]}{joint}{run[-1]}"


def days(number: int) -> str:
    """Days, or years where there are many."""
    return f"{number / 365:.0f} years" if number >= 730 else count(number, "day")
