"""A step that the configuration offers, and what is promised of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from config.catalog import load_system, system_names
from config.environment import Platform
from config.values import ConfigError
from ops.assembly.target import Target
from ops.outcome import ExitCode
from ops.plan.prover import Plan

Direction = Literal["up", "back", "platform"]


@dataclass(frozen=True, slots=True)
class Step:
    """From one phase or platform of an environment to another."""

    before: Target
    after: Target

    @property
    def direction(self) -> Direction:
        """Growing, going back a phase, or changing what services run on."""
        if self.before.phase == self.after.phase:
            return "platform"
        return "up" if (self.before.phase or 0) < (self.after.phase or 0) else "back"

    @property
    def words(self) -> str:
        """Such as ``phase 1 to 2, fargate``, or ``app-runner to fargate, phase 1``."""
        if self.direction == "platform":
            return f"{_platform(self.before)} to {_platform(self.after)}, phase {self.after.phase}"
        return f"phase {self.before.phase} to {self.after.phase}, {_way(self.before, self.after)}"

    def kept(self, plan: Plan) -> bool:
        """Whether the plan keeps what is promised.

        Up, and from platform to platform: nothing is lost, and nothing refused. Back by a phase: nothing is
        lost; AWS may refuse what cannot shrink, and the runbook says what to keep.
        """
        if self.direction == "back":
            return plan.outcome in (ExitCode.OK, ExitCode.REFUSED)
        return plan.outcome == ExitCode.OK


def every_step() -> list[Step]:
    """Each step of each environment of each system."""
    return [
        step
        for name in system_names()
        for environment in load_system(name).environments
        for step in steps_of(name, environment.name)
    ]


def steps_of(system: str, environment: str) -> Iterator[Step]:
    """Every way up, every way back that is promised, and every change of platform."""
    known = _deployments(system, environment)
    written = {phase: place for phase, place, target in known if target.platform is None}
    for phase, platform, before in known:
        for other, chosen, after in known:
            # A phase may bring another platform with it; back from that takes its cache and logs along.
            along = (platform, chosen) == (written[phase], written[other])
            up = phase < other and (along or platform == chosen)
            back = phase == other + 1 and platform == chosen and _places(before) == _places(after)
            if up or back or (phase == other and platform != chosen):
                yield Step(before, after)


def _deployments(system: str, environment: str) -> list[tuple[int, Platform, Target]]:
    """What the environment can be: the platform of a phase where nobody asks for another, and the others."""
    found = []
    for phase in range(1, len(load_system(system).phases) + 1):
        written = Target(system, environment, phase)
        own = _platform(written)
        found.append((phase, own, written))
        for platform in get_args(Platform):
            other = Target(system, environment, phase, platform)
            if platform != own and _is_offered(other):
                found.append((phase, platform, other))
    return found


def _is_offered(target: Target) -> bool:
    try:
        target.resolve()
    except ConfigError:
        return False  # the message is for whoever asks for it by name
    return True


def _platform(target: Target) -> Platform:
    return target.resolve().platform


def _way(before: Target, after: Target) -> str:
    return " to ".join(dict.fromkeys((_platform(before), _platform(after))))


def _places(target: Target) -> tuple[bool, set[tuple[str, str]]]:
    """Whether there is a routing table, and the shards: what a step back would leave behind with its data."""
    deployment = target.resolve()
    shards = {(region.key, shard.key) for region, shard in deployment.shards()}
    return deployment.routing is not None, shards
