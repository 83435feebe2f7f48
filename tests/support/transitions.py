"""Every step that the configuration offers, with the shared synthesis of both ends. No list to maintain."""

from functools import cache

from config.deployment import Deployment
from ops.assembly.target import Target
from ops.plan.step import Step, every_step
from support.synthesis import SYNTHS, Synth

Key = tuple[str, str, int, str]


@cache
def key(target: Target) -> Key:
    """What a target is once its defaults are filled in."""
    deployment: Deployment = target.resolve()
    return (target.system, target.environment, deployment.phase, deployment.platform)


def registered(steps: list[Step]) -> dict[Key, str]:
    """The name of the synthesis of each end; an end that no other test asks for is added to ``SYNTHS``."""
    described = {name: one for name, one in SYNTHS.items() if not (one.systems or one.changes)}
    named = {key(one.target): name for name, one in described.items()}
    for step in steps:
        for target in (step.before, step.after):
            if key(target) not in named:
                named[key(target)] = target.assembly_name(target.phase or 0)
                SYNTHS[named[key(target)]] = Synth(target)
    return named


STEPS = every_step()
NAMES = registered(STEPS)


def name_of(target: Target) -> str:
    """The synthesis of a target."""
    return NAMES[key(target)]


@cache
def words(step: Step) -> str:
    """A step as an id of a test."""
    return f"{step.before.system} {step.before.environment}, {step.words}"
