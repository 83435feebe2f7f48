"""``access``, ``connections`` and ``systems``: what the configuration says. None of them needs AWS."""

import typer

from config.catalog import load_system, system_names
from ops.assembly.target import Target
from ops.commands.options import EnvOption, PhaseOption, PlatformOption, SystemOption
from ops.console import results
from ops.report.plans import show_access, show_connections, show_systems


def access(
    system: SystemOption, env: EnvOption, phase: PhaseOption = None, platform: PlatformOption = None
) -> None:
    """List who may open a connection to whom. Everything else is closed.

    Example:  cambium access --system restartix --env production
    """
    show_access(results(), Target(system, env, phase, platform).resolve().access)


def connections(
    system: SystemOption, env: EnvOption, phase: PhaseOption = None, platform: PlatformOption = None
) -> None:
    """Show who uses the database's connections at the largest scale-out, against the limit.

    Example:  cambium connections --system restartix --env production --phase 2
    """
    budget = Target(system, env, phase, platform).resolve().budget_of_connections
    if budget is None:
        results().print(f"{system} {env} has no database")
        return
    show_connections(results(), budget)


def systems(_: typer.Context) -> None:
    """List the systems with their environments and phases.

    Example:  cambium systems
    """
    show_systems(results(), [load_system(name) for name in system_names()])
