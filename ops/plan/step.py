"""A step that the configuration offers, and what is promised of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from config.catalog import load_system, system_names
from config.deployment import Deployment
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
        """Such as ``1 to 2``, or ``fargate to app-runner``."""
        if self.direction == "platform":
            return f"{self.before.platform} to {self.after.platform}"
        return f"{self.before.phase} to {self.after.phase}"

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
    known = dict(_deployments(system, environment))
    for (phase, platform), before in known.items():
        for (other, chosen), after in known.items():
            up = phase < other
            back = phase == other + 1 and _shards(before) == _shards(after)
            if (platform == chosen and (up or back)) or (phase == other and platform != chosen):
                yield Step(
                    Target(system, environment, phase, platform), Target(system, environment, other, chosen)
                )


def _deployments(system: str, environment: str) -> Iterator[tuple[tuple[int, Platform], Deployment]]:
    """What the environment can be, by phase and platform."""
    described = load_system(system)
    for phase in range(1, len(described.phases) + 1):
        for platform in get_args(Platform):
            try:
                yield (phase, platform), described.resolve(environment, phase, platform=platform)
            except ConfigError:
                continue  # not offered there: the message is for whoever asks for it by name


def _shards(deployment: Deployment) -> set[tuple[str, str]]:
    return {(region.key, shard.key) for region, shard in deployment.shards()}
