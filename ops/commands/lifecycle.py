"""``up``, ``down`` and ``status``: the embedded AWS and what is deployed on it."""

import dataclasses
import shutil
from typing import Any

import typer

from ops.assembly import comparison, manifest
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, PhaseOption, PlatformOption, SystemOption
from ops.console import print_json, progress, results
from ops.deploy import ledger
from ops.embedded import emulator, programs
from ops.embedded.aws import Places
from ops.lock import exclusive
from ops.outcome import ExitCode, OperatorError
from ops.report import summary
from ops.report.wording import count
from ops.up import bring_up
from ops.verify import poolers
from ops.verify.outside import Outside, outside
from ops.workspace import Workspace


def up(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Deploy a system to the embedded AWS, check the result through the API, and report.

    Run it again after a change, or after anything went wrong: it does what is left to do. Exit code 5: the
    embedded AWS did not start. 6, 7, 8: templates, preparing a region or deploying failed. 9: what exists is
    not what was described. 20: there is no such deployment. 22: AWS refuses the step; nothing was changed.

    Example:  cambium up --system restartix --env production
    """
    workspace: Workspace = ctx.obj
    with exclusive(workspace, "up"):
        bring_up(workspace, Target(system, env, phase, platform))


def down(ctx: typer.Context) -> None:
    """Destroy everything that was deployed, and stop the embedded AWS.

    Example:  cambium down
    """
    workspace: Workspace = ctx.obj
    if not workspace.state.exists():
        progress().print("nothing was running")
        return
    with exclusive(workspace, "down"):
        ended = len(programs.end_leftovers(workspace)) + len(emulator.stop(workspace))
        shutil.rmtree(workspace.emulator_data, ignore_errors=True)
        ledger.forget(workspace)
    progress().print(
        f"stopped; {count(ended, 'program')} ended, none left" if ended else "nothing was running"
    )


def status(ctx: typer.Context, json: JsonOption = False) -> None:
    """Show what is deployed on the embedded AWS; exit code 10 when it does not run.

    Example:  cambium status
    """
    workspace: Workspace = ctx.obj
    running = emulator.require(workspace, hint="make up")
    environments = _environments(workspace, running)
    deployed = [one for _, stacks, _ in environments for one in stacks]
    if json:
        print_json(
            {
                "url": running.url,
                "environments": [_environment(entry) for entry, _, _ in environments],
                "stacks": [_facts(one) for one in deployed],
                "outside": [dataclasses.asdict(one) for _, _, left in environments for one in left],
            }
        )
    else:
        _show(running, environments)
    if not deployed:
        raise OperatorError(ExitCode.NOT_RUNNING, "nothing is deployed on it yet", hint="make up")
    stale = [entry for entry, stacks, _ in environments if not all(one.up_to_date for one in stacks)]
    if stale:
        raise OperatorError(
            ExitCode.VERIFICATION,
            "some stacks are not what was synthesised",
            hint="; ".join(entry.target.command_up for entry in stale),
        )


Environments = list[tuple[ledger.Entry, list[comparison.Deployed], tuple[Outside, ...]]]
"""Each with its stacks, and with those that are left of another phase."""


def _environments(workspace: Workspace, running: emulator.Emulator) -> Environments:
    places = Places(running.url)
    found: Environments = []
    for entry in ledger.entries(workspace, running):
        if (entry.assembly / "manifest.json").exists():
            assembly = manifest.read(entry.assembly)
            found.append((entry, comparison.compare(assembly, places), outside(entry, assembly, places)))
    return found


def _show(running: emulator.Emulator, environments: Environments) -> None:
    console = results()
    since = f"process {running.process.pid}, since {running.since}"
    console.print(f"[bold]embedded AWS[/]  {running.url}  {since}")
    places = Places(running.url)
    for entry, stacks, left in environments:
        console.print()
        summary.show_title(console, entry.target, entry.phase, entry.phase_title, entry.platform)
        summary.show_stacks(console, tuple(stacks), {})
        summary.show_outside(console, left, entry.phase)
        summary.show_endpoints(console, tuple(stacks))
        summary.show_straight_pools(console, poolers.straight(places, {one.stack.place for one in stacks}))
        summary.show_next(console, entry.target, (entry.target.command_up, "deploy it again, after a change"))


def _environment(entry: ledger.Entry) -> dict[str, Any]:
    return {
        "system": entry.target.system,
        "environment": entry.target.environment,
        "phase": entry.phase,
        "platform": entry.platform,
    }


def _facts(one: comparison.Deployed) -> dict[str, Any]:
    return {
        "name": one.stack.name,
        "region": one.stack.place.region,
        "state": one.state,
        "up_to_date": one.up_to_date,
        "outputs": {output.key: output.value for output in one.outputs},
    }
