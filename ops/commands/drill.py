"""``drill``: tries on real servers what is promised about connections, backups and tenants. Needs no AWS."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from config.catalog import load_system, system_names
from config.deployment import Deployment
from config.system import System
from ops.assembly import manifest
from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.commands.options import JsonOption, PhaseOption, Platform, PlatformOption
from ops.console import print_json, progress, results
from ops.drills import catalog, planning, show
from ops.drills.check import Report
from ops.drills.plan import Plan
from ops.outcome import ExitCode, OperatorError
from ops.report.steps import Steps
from ops.workspace import Workspace

ALL = "all"
GUIDE = "docs/runbooks/drills.md"
Alone = Callable[[Deployment, Callable[[str], None]], Report]
"""A drill that needs no templates."""
_WORDS = {"pass": "passed", "fail": "FAILED"}


def drill(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Which drills; all of them with 'all', a list with none.")
    ] = None,
    system: Annotated[
        str | None,
        typer.Option("--system", help="Name of the system; left out, the first with a connection pool."),
    ] = None,
    env: Annotated[
        str | None, typer.Option("--env", help="Name of the environment; left out, the one in production.")
    ] = None,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    assembly: Annotated[
        Path | None,
        typer.Option("--assembly", help="A finished assembly, instead of a fresh synthesis."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Try what is promised about connections and backups, on a real PostgreSQL and pgbouncer.

    The numbers come from the synthesised templates; the servers are this machine's own and end with the
    drill. Exits with 15 when a line of the table fails, with 16 when one could not be tried here.

    Example:  cambium drill tenancy
    """
    if not names:
        show.show_names(results())
        return
    chosen = _chosen(names)
    pooled = [name for name in chosen if name in catalog.DRILLS]
    steps = Steps(progress(), len(chosen) + bool(pooled))
    reports = []
    if pooled:
        target = _target(system, env, phase, platform, _first_with_pool)
        with steps.step("templates") as step:
            wanted = _plan(ctx.obj, target, assembly, step.say)
            step.conclude(wanted.title)
        reports += [_run(ctx.obj, steps, name, wanted) for name in pooled]
    for name in filter(chosen.__contains__, _ALONE):
        target = _target(system, env, phase, platform, _ALONE[name][1])
        reports.append(_run_alone(steps, name, target, _ALONE[name][0]))
    if json:
        print_json(show.as_json(reports))
    else:
        for number, report in enumerate(reports):
            show.show(results(), report, facts=not number)
    _conclude(reports)


def _chosen(names: list[str]) -> list[str]:
    known = (*catalog.DRILLS, catalog.RESTORE, catalog.MOVING)
    unknown = [name for name in names if name not in (*known, ALL)]
    if unknown:
        raise OperatorError(
            ExitCode.USAGE,
            f"there is no drill {unknown[0]!r}; there is {', '.join(known)}, and {ALL}",
        )
    return list(known) if ALL in names else list(dict.fromkeys(names))


def _target(
    system: str | None,
    env: str | None,
    phase: int | None,
    platform: Platform | None,
    first: Callable[[], System],
) -> Target:
    found = load_system(system) if system else first()
    if env is None:
        env = next((one.name for one in found.environments if one.production), found.environments[0].name)
    return Target(found.name, env, phase, platform)


def _first_with_pool() -> System:
    for name in system_names():
        system = load_system(name)
        if system.pool is not None:
            return system
    raise OperatorError(
        ExitCode.CONFIGURATION, "no system has a connection pool, so there is nothing to drill"
    )


def _first_with_recovery() -> System:
    for name in system_names():
        system = load_system(name)
        if system.recovery is not None:
            return system
    raise OperatorError(ExitCode.CONFIGURATION, "no system has recovery targets to measure a restore by")


def _plan(workspace: Workspace, target: Target, assembly: Path | None, say: Callable[[str], None]) -> Plan:
    deployment = target.resolve()
    folder = assembly or workspace.assembly(target.assembly_name(deployment.phase))
    planning.require_pool(deployment)
    if assembly is None:
        synthesise(workspace, target, folder, say)
    try:
        return planning.read(deployment, manifest.read(folder))
    except (OSError, ValueError):
        raise OperatorError(ExitCode.USAGE, f"{folder} is no cloud assembly") from None


def _run(workspace: Workspace, steps: Steps, name: str, wanted: Plan) -> Report:
    with steps.step(name) as step:
        report = catalog.run(name, wanted, workspace, step.say)
        step.conclude(_WORDS.get(report.verdict, "could not be tried in full"))
    return report


def _run_alone(steps: Steps, name: str, target: Target, drill: Alone) -> Report:
    """Run a drill that needs no templates."""
    with steps.step(name) as step:
        report = drill(target.resolve(), step.say)
        step.conclude(_WORDS.get(report.verdict, "could not be tried in full"))
    return report


_ALONE: dict[str, tuple[Alone, Callable[[], System]]] = {
    catalog.RESTORE: (catalog.rehearse, _first_with_recovery),
    catalog.MOVING: (catalog.move, _first_with_pool),
}


def _conclude(reports: list[Report]) -> None:
    verdict = show.worst(reports)
    hint = f"read {GUIDE}"
    if verdict == "fail":
        failed = ", ".join(report.name for report in reports if report.verdict == "fail")
        raise OperatorError(ExitCode.DRILL, f"failed: {failed}", hint=hint)
    if verdict == "not run":
        raise OperatorError(ExitCode.NOT_HERE, "not everything could be tried here", hint=hint)
