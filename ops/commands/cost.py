"""``cost``: what a month costs, computed from the templates and list prices. Needs no AWS."""

import sys
from typing import Annotated

import typer

from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, PhaseOption, PlatformOption, SystemOption
from ops.console import print_json, progress, results
from ops.cost.as_json import as_json
from ops.cost.before import bill_before
from ops.cost.bill import bill_of
from ops.cost.projection import projection
from ops.cost.reading import Reading
from ops.cost.savings import savings
from ops.cost.tenants import tenant_bills
from ops.embedded import programs
from ops.outcome import ExitCode, OperatorError
from ops.plan.assemblies import folder_of, read_all
from ops.report.cost import show_bill, show_months, show_savings, show_tenants
from ops.report.cost_markdown import bill_markdown
from ops.report.steps import Steps
from ops.report.wording import count
from ops.workspace import Workspace


def cost(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown for a pull request.")] = False,
    base: Annotated[
        str | None, typer.Option("--base", help="With --markdown: compare with this git revision.")
    ] = None,
    months: Annotated[bool, typer.Option("--projection", help="Also show the next twelve months.")] = False,
    growth: Annotated[
        float, typer.Option("--growth", min=-50, max=200, help="Growth a month in percent, for --projection.")
    ] = 5,
    plans: Annotated[
        bool, typer.Option("--savings-plans", help="Also show what committing for a year would save.")
    ] = False,
) -> None:
    """Show what a month costs, line by line, before anything is paid for.

    What templates do not say is assumed, and printed as that; an environment sets it with usage=Usage(...).
    A price that is not known is shown as unknown, and the sum is then "at least". Exit code 25: the bill is
    above monthly_budget_usd even at the smallest scale-out.

    Example:  cambium cost --system restartix --env production --phase 2
    """
    if base is not None and (json or not markdown):
        raise OperatorError(ExitCode.USAGE, "--base needs --markdown, and goes without --json")
    target = Target(system, env, phase, platform)
    reading = read(ctx.obj, target)
    bill = bill_of(reading)
    tenants = dict(tenant_bills(folder_of((ctx.obj, target)), reading.deployment))
    ahead = list(projection(reading, monthly_growth=growth / 100)) if months else []
    commitments = list(savings(bill)) if plans else []
    if json:
        print_json(as_json(bill, months=ahead, commitments=commitments, tenants=tenants))
    elif markdown:
        before = bill_before(ctx.obj, base, target, lambda _: None) if base else None
        sys.stdout.write(bill_markdown(bill, before))
    else:
        console = results()
        show_bill(console, bill)
        show_tenants(console, tenants)
        show_months(console, ahead, bill.budget_usd)
        if plans:
            show_savings(console, commitments)
    if bill.over_budget_usd:
        raise typer.Exit(ExitCode.OVER_BUDGET)


def read(workspace: Workspace, target: Target) -> Reading:
    """What there is to count: the templates as they are now, synthesised unless they are already."""
    deployment = target.resolve()
    programs.end_leftovers(workspace)
    with Steps(progress(), 1).step("synthesis") as step:
        wanted = (workspace, target)
        side = read_all([wanted], step.say)[wanted]
        step.conclude(count(len(side.stacks), "stack"))
    return Reading(side, deployment)
