"""``review``: what a reviewer should know of a deployment beside the difference. Needs no AWS."""

import sys

from ops.assembly.target import Target
from ops.commands.options import EnvOption, PhaseOption, PlatformOption, SystemOption
from ops.report.markdown import review_of


def review(
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Print, as Markdown for a pull request, what is off, who may talk to whom, and the connection budget.

    Example:  cambium review --system restartix --env production
    """
    sys.stdout.write(review_of(Target(system, env, phase, platform).resolve()))
