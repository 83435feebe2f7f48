"""Tables that need no AWS: systems, access rules, connection budget."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from config.access import AccessRule
from config.connection_budget import ConnectionBudget
from config.system import System
from ops.report.tables import bad, good, section, table
from ops.report.wording import peer

BAR_WIDTH = 30


def show_systems(console: Console, systems: Iterable[System]) -> None:
    """Every system: where its environments are and in which phase, what phases are for, and its tenants."""
    environments = table("system", "environment", "account", "regions", "platform", "phase", keep=["system"])
    phases = table("system", "phase", "for", right=["phase"], keep=["system"])
    tenants = table("system", "environment", "phases", "sizes", keep=["system"])
    for system in systems:
        for environment in system.environments:
            environments.add_row(
                system.name,
                environment.name,
                environment.account,
                ", ".join(region.name for region in environment.regions),
                environment.platform,
                f"{environment.phase} of {len(system.phases)}",
            )
            if system.tenants is not None:
                tier, sizes = system.tenants, ", ".join(size.name for size in system.tenants.sizes)
                tenants.add_row(system.name, environment.name, f"from {tier.since_phase} on", sizes)
        for number, phase in enumerate(system.phases, start=1):
            phases.add_row(system.name, str(number), phase.title)
    section(console, "Environments", environments)
    section(console, "Phases", phases)
    if tenants.row_count:
        section(console, "Tenants with a stack for themselves", tenants)


def show_access(console: Console, rules: Iterable[AccessRule]) -> None:
    """Who may open a connection to whom."""
    content = table("from", "may open", "port", "why", right=["port"], keep=["from", "may open"])
    for rule in rules:
        content.add_row(peer(rule.source), peer(rule.target), str(rule.port), rule.why)
    console.print(content)


def show_connections(console: Console, budget: ConnectionBudget) -> None:
    """Every consumer of connections with its share of the limit."""
    content = table("consumer", "instances", "each", "connections", "share of the limit",
                    right=["instances", "each", "connections"], keep=["consumer"])  # fmt: skip
    for consumer in budget.consumers:
        content.add_row(
            consumer.name,
            str(consumer.instances),
            str(consumer.connections_each),
            str(consumer.connections),
            bar(consumer.connections, budget.limit),
        )
    content.add_section()
    content.add_row("together", "", "", str(budget.used), bar(budget.used, budget.limit))
    each = "" if budget.holders == 1 else f"{budget.holders} x {budget.limit // budget.holders}"
    content.add_row(budget.setting, "", each, str(budget.limit), "")
    section(console, f"Connections of the {budget.of} at the largest scale-out", content)
    free = budget.limit - budget.used
    verdict = good(f"{free} left") if free >= 0 else bad(f"{-free} too many")
    console.print(verdict)


def bar(part: int, whole: int) -> Text:
    """A share as a bar with its per cent; a part too large for the whole is drawn full and red."""
    share = part / whole
    filled = min(round(share * BAR_WIDTH), BAR_WIDTH)
    style = "bold red" if share > 1 else "cyan"
    drawn = Text("█" * filled, style=style) + Text("·" * (BAR_WIDTH - filled), style="dim")
    return drawn + Text(f" {share:4.0%}")
