"""``connections`` and ``systems``: what the configuration says. Neither needs AWS."""

from typing import Any

from config.catalog import load_system, system_names
from config.tenancy import TenantTier
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, PhaseOption, PlatformOption, SystemOption
from ops.console import print_json, results
from ops.report.plans import show_connections, show_systems


def connections(
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
) -> None:
    """Show who uses the database's connections at the largest scale-out, against the limit.

    Example:  cambium connections --system restartix --env production --phase 2
    """
    budgets = Target(system, env, phase, platform).resolve().budgets_of_connections
    if json:
        print_json([{**budget.model_dump(), "used": budget.used} for budget in budgets])
    elif budgets:
        for budget in budgets:
            show_connections(results(), budget)
    else:
        results().print(f"{system} {env} has no database")


def systems(json: JsonOption = False) -> None:
    """List the systems with their environments and phases, and which of them have tenants of their own stack.

    Example:  cambium systems
    """
    every = [load_system(name) for name in system_names()]
    if json:
        print_json(
            {
                system.name: {
                    "environments": {one.name: one.phase for one in system.environments},
                    "phases": [phase.title for phase in system.phases],
                    "tenants": _tenants(system.tenants),
                }
                for system in every
            }
        )
    else:
        show_systems(results(), every)


def _tenants(tier: TenantTier | None) -> dict[str, Any] | None:
    """From which phase on a system has tenants with a stack for themselves, and in which sizes."""
    if tier is None:
        return None
    return {"since_phase": tier.since_phase, "sizes": [size.name for size in tier.sizes]}
