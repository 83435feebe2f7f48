"""``access``: who may open a connection to whom, and whether the templates agree. Needs no AWS."""

from pathlib import Path
from typing import Annotated

import typer

from config.deployment import Deployment
from ops import reachability
from ops.assembly import manifest
from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, PhaseOption, PlatformOption, SystemOption
from ops.console import print_json, progress, results
from ops.outcome import ExitCode, OperatorError
from ops.report.plans import show_access
from ops.report.steps import Steps
from ops.report.wording import count
from ops.workspace import Workspace


def access(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the templates; exit with 9 when they differ.")
    ] = False,
    assembly: Annotated[
        Path | None,
        typer.Option("--assembly", help="With --check: a finished assembly, instead of a fresh synthesis."),
    ] = None,
) -> None:
    """List who may open a connection to whom. Everything else is closed.

    Example:  cambium access --system restartix --env production --check
    """
    if assembly and not check:
        raise OperatorError(ExitCode.USAGE, "--assembly needs --check")
    target = Target(system, env, phase, platform)
    deployment = target.resolve()
    if json:
        print_json([rule.model_dump() for rule in deployment.whole_access])
    else:
        show_access(results(), deployment.whole_access)
    if check:
        _check(deployment, _read(assembly) if assembly else _synthesise(ctx.obj, target, deployment.phase))


def _read(folder: Path) -> manifest.Assembly:
    try:
        return manifest.read(folder)
    except (OSError, ValueError):
        raise OperatorError(ExitCode.USAGE, f"{folder} is no cloud assembly") from None


def _synthesise(workspace: Workspace, target: Target, phase: int) -> manifest.Assembly:
    folder = workspace.assembly(target.assembly_name(phase))
    with Steps(progress(), 1).step("synthesis") as step:
        fresh = synthesise(workspace, target, folder, step.say)
        step.conclude("" if fresh else "unchanged")
    return manifest.read(folder)


def _check(deployment: Deployment, assembly: manifest.Assembly) -> None:
    wrong = reachability.differences(deployment, assembly.templates)
    if wrong:
        raise OperatorError(
            ExitCode.VERIFICATION,
            f"{count(len(wrong), 'difference')} between the access rules and the templates",
            details="\n".join(f"  {line}" for line in wrong),
            hint="the rules come from config/; what opens more than they say is in constructs/ or stacks/",
        )
    progress().print(f"{count(len(assembly.stacks), 'template')} compared: these are open, and no others")
