"""``grow``: where the step to a later phase stands."""

from collections.abc import Iterator
from typing import Annotated

import typer

from config.deployment import Deployment
from config.region import Region, Shard
from ops.assembly.comparison import describe
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, SystemOption
from ops.console import print_json, progress, results
from ops.embedded import emulator
from ops.embedded.aws import Place, Places
from ops.growth.checklist import Checklist, tick
from ops.growth.facts import read
from ops.growth.steps import steps
from ops.outcome import ExitCode, OperatorError
from ops.report.checklists import show_checklist
from ops.workspace import Workspace

RUNBOOK = "docs/runbooks/grow-a-phase.md"
NOTHING_THERE = ("REVIEW_", "CREATE_IN_", "CREATE_FAILED", "ROLLBACK_", "DELETE_")
"""How the state begins of a stack that was never there as a whole, or is going."""


def grow(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    to: Annotated[int, typer.Option("--to", help="The phase to grow to.")],
    json: JsonOption = False,
) -> None:
    """Tick off the steps to a later phase, as docs/runbooks/grow-a-phase.md has them. Changes nothing.

    Exit code 13 when steps are open, and 14 when one was begun before the one it needs.

    Example:  cambium grow --system restartix-fargate --env production --to 2
    """
    before, after = _phases(system, env, to)
    growing = list(shards_that_grow(before, after))
    if not any(steps(before, after, shard) for _, shard in growing):
        results().print(f"phase {to} has no steps to tick off in {system} {env}: deploy it")
        return
    workspace: Workspace = ctx.obj
    running = emulator.find(workspace)
    if running is None:
        raise _not_there("the embedded AWS does not run", before)
    places = Places(running.url)
    _require_deployed(before, places)
    found = [_tick(before, after, region, shard, places) for region, shard in growing]
    if json:
        print_json([_facts(checklist) for checklist in found])
    else:
        for checklist in found:
            show_checklist(results(), checklist)
    _conclude(found)


def _phases(system: str, env: str, to: int) -> tuple[Deployment, Deployment]:
    after = Target(system, env, to).resolve()
    if to < 2:
        raise OperatorError(ExitCode.USAGE, f"--to must be 2 or more: nobody grows to phase {to}")
    return Target(system, env, to - 1).resolve(), after


def shards_that_grow(before: Deployment, after: Deployment) -> Iterator[tuple[Region, Shard]]:
    """The shards that are there already: a deploy makes further ones whole."""
    there = {(region.key, shard.key) for region, shard in before.shards()}
    return ((region, shard) for region, shard in after.shards() if (region.key, shard.key) in there)


def _require_deployed(before: Deployment, places: Places) -> None:
    for region, shard in before.shards():
        name = before.stack_name("data", region, shard)
        stack = describe(places.at(Place(before.environment.account, region.name)), name)
        if stack is None or stack["StackStatus"].startswith(NOTHING_THERE):
            raise _not_there(f"{name} is not deployed, so there is nothing to grow from", before)


def _not_there(what: str, before: Deployment) -> OperatorError:
    first = Target(before.system, before.environment.name, before.phase)
    return OperatorError(ExitCode.NOT_RUNNING, what, hint=f"deploy phase {before.phase}: {first.command_up}")


def _tick(before: Deployment, after: Deployment, region: Region, shard: Shard, places: Places) -> Checklist:
    aws = places.at(Place(after.environment.account, region.name))
    wanted = steps(before, after, shard)
    return tick(f"{region.key}-{shard.key}", wanted, read(after, region, shard, aws))


def _facts(checklist: Checklist) -> dict[str, object]:
    return {
        "shard": checklist.shard,
        "steps": [
            {"step": one.step.title, "state": one.finding.state, "found": one.finding.found}
            for one in checklist.ticked
        ],
    }


def _conclude(found: list[Checklist]) -> None:
    for checklist in found:
        early = [one.step.title for one in checklist.out_of_order]
        if early and checklist.next:
            raise OperatorError(
                ExitCode.OUT_OF_ORDER,
                f"{checklist.shard}: {', '.join(early)} began before {checklist.next.step.title} was done",
                hint=f"stop here, and read {RUNBOOK}: {checklist.next.step.what}",
            )
    for checklist in found:
        if checklist.next:
            step = checklist.next.step
            progress().print(f"next, in {checklist.shard}: {step.what} ({RUNBOOK})")
            raise typer.Exit(ExitCode.UNFINISHED)
