"""``synth`` and ``diff``: templates, without changing anything."""

import re
from pathlib import Path
from typing import Annotated

import typer

from ops.assembly import manifest
from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.commands.options import EnvOption, OutOption, PhaseOption, PlatformOption, SystemOption
from ops.console import progress, results
from ops.deploy.cdk_cli import CdkCli
from ops.embedded import emulator, programs
from ops.lock import exclusive
from ops.outcome import ExitCode, OperatorError
from ops.report.steps import Steps
from ops.report.wording import count
from ops.workspace import Workspace

PUBLISHING = re.compile(r"^(\S+: )?(start|success): |^Hold on while we create")
"""What ``cdk diff`` says about its own work."""


def synth(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    out: OutOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Write the cloud assembly of a system to a folder, and print the folder. Needs no AWS.

    Example:  cambium synth --system restartix --env production --out cdk.out
    """
    workspace: Workspace = ctx.obj
    target = Target(system, env, phase, platform)
    target.resolve()
    _check_out(out)
    programs.end_leftovers(workspace)
    with Steps(progress(), 1).step("synthesis") as step:
        fresh = synthesise(workspace, target, out.absolute(), step.say)
        words = count(len(manifest.read(out).stacks), "stack")
        step.conclude(words if fresh else f"unchanged, {words}")
    results().print(str(out), soft_wrap=True)


def _check_out(out: Path) -> None:
    try:
        foreign = out.exists() and any(out.iterdir()) and not (out / "manifest.json").exists()
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(ExitCode.USAGE, f"cannot write a folder {out}: {error.strerror}") from None
    if foreign:
        raise OperatorError(ExitCode.USAGE, f"{out} holds something that is not a cloud assembly")


def diff(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    fail: Annotated[bool, typer.Option("--fail", help="Exit with 11 when anything differs.")] = False,
) -> None:
    """Show what a deploy would change on the embedded AWS, as ``cdk diff`` sees it.

    Example:  cambium diff --system restartix --env production --phase 2
    """
    workspace: Workspace = ctx.obj
    target = Target(system, env, phase, platform)
    deployment = target.resolve()
    with exclusive(workspace, "diff"):
        programs.end_leftovers(workspace)
        running = emulator.require(workspace, hint=target.command_up)
        folder = workspace.assembly(target.assembly_name(deployment.phase))
        with Steps(progress(), 1).step("synthesis") as step:
            fresh = synthesise(workspace, target, folder, step.say)
            step.conclude("" if fresh else "unchanged")
        _show_diff(workspace, running.url, manifest.read(folder), fail=fail)


def _show_diff(workspace: Workspace, url: str, assembly: manifest.Assembly, *, fail: bool) -> None:
    cli = CdkCli(workspace, url)
    console = results()
    color = console.is_terminal
    place = assembly.stacks[0].place
    for line in cli.lines("diff", "--fail", place=place, app=assembly.folder, color=color):
        if not PUBLISHING.match(line):
            console.out(line, highlight=False)
    different = cli.status == 1
    if cli.status not in (0, 1):
        raise OperatorError(ExitCode.FAILED, f"cdk diff ended with status {cli.status}")
    if different and fail:
        raise OperatorError(ExitCode.DIFFERENT, "there are differences")
