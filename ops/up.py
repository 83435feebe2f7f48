"""The six steps from a configuration to a checked deployment. Each does only what is left to do."""

import shutil
from collections.abc import Mapping

from config.deployment import Deployment
from ops.assembly import comparison, manifest
from ops.assembly.manifest import Assembly
from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.console import progress, results
from ops.deploy import ledger
from ops.deploy.bootstrap import bootstrap, missing
from ops.deploy.deployment import deploy
from ops.deploy.impossible import refuse_impossible
from ops.deploy.left_behind import refuse_left_behind
from ops.deploy.neighbours import refuse_neighbours
from ops.deploy.repair import repair
from ops.embedded import emulator, pool_program, programs
from ops.embedded.aws import Places
from ops.embedded.emulator import Emulator
from ops.outcome import ExitCode, OperatorError
from ops.report import summary
from ops.report.deploying import DeployView
from ops.report.steps import Steps
from ops.report.wording import clip, count
from ops.verify.outside import outside
from ops.verify.verification import Verification, verify
from ops.workspace import Workspace

Seconds = Mapping[str, float | None]


def bring_up(workspace: Workspace, target: Target) -> None:
    """Configuration, embedded AWS, synthesis, bootstrap, deploy, verification; then the report.

    Raises:
        OperatorError: a step failed; what it had done stays, and the next run goes on from there.
        ConfigError: the configuration is wrong; nothing was started.
    """
    steps = Steps(progress(), 6, workspace.timings)
    deployment = _configuration(steps, target)
    workspace.deploy_log.unlink(missing_ok=True)
    running = _embedded_aws(workspace, steps, pooled=deployment.pool is not None)
    places = Places(running.url)
    refuse_neighbours(deployment, places)
    assembly = _synthesis(workspace, steps, target, deployment)
    before = ledger.entry(workspace, running, target)
    refuse_impossible(assembly, places, target, before.target if before else target)
    refuse_left_behind(assembly, places, before, deployment.phase)
    _bootstrap(workspace, steps, assembly, places)
    ledger.record(
        workspace,
        running,
        _entry(target, deployment, assembly),
    )
    seconds = _deploy(workspace, steps, assembly, places)
    found = _verification(workspace, steps, deployment, assembly, places)
    left = outside(ledger.entry(workspace, running, target), assembly, places)
    summary.show(results(), target, deployment, found, seconds, left)
    if found.differences:
        raise _differences(workspace, found)


def _entry(target: Target, deployment: Deployment, assembly: Assembly) -> ledger.Entry:
    return ledger.Entry(
        target,
        deployment.phase,
        deployment.phase_title,
        deployment.platform,
        assembly.folder,
        tuple(ledger.Known(one.name, one.place.account, one.place.region) for one in assembly.stacks),
    )


def _configuration(steps: Steps, target: Target) -> Deployment:
    with steps.step("configuration") as step:
        deployment = target.resolve()
        regions = ", ".join(region.name for region in deployment.regions)
        words = f"{deployment.system} {deployment.environment.name}, phase {deployment.phase}"
        step.conclude(f"{words}, {deployment.platform}, {regions}")
        return deployment


def _embedded_aws(workspace: Workspace, steps: Steps, *, pooled: bool) -> Emulator:
    with steps.step("embedded AWS") as step:
        for leftover in programs.end_leftovers(workspace):
            step.line(f"ended what an earlier run left: {clip(leftover.command, 50)}")
        if pooled:
            step.line(pool_program.provide(workspace, step.say))
        running = emulator.find(workspace)
        if running is not None:
            step.conclude(f"runs on {running.url}")
            return running
        shutil.rmtree(workspace.emulator_data, ignore_errors=True)
        running = emulator.start(workspace, step.say)
        step.conclude(f"started on {running.url}")
        return running


def _synthesis(workspace: Workspace, steps: Steps, target: Target, deployment: Deployment) -> Assembly:
    with steps.step("synthesis") as step:
        folder = workspace.assembly(target.assembly_name(deployment.phase))
        fresh = synthesise(workspace, target, folder, step.say)
        assembly = manifest.read(folder)
        words = count(len(assembly.stacks), "stack")
        step.conclude(words if fresh else f"unchanged, {words}")
        return assembly


def _bootstrap(workspace: Workspace, steps: Steps, assembly: Assembly, places: Places) -> None:
    with steps.step("bootstrap") as step:
        wanted = missing(assembly.places, places)
        bootstrap(workspace, wanted, places, step.say)
        regions = ", ".join(place.region for place in wanted or assembly.places)
        step.conclude(regions if wanted else f"done before: {regions}")


def _deploy(workspace: Workspace, steps: Steps, assembly: Assembly, places: Places) -> Seconds:
    with steps.step("deploy") as step:
        step.say("comparing templates with what is deployed")
        if all(one.up_to_date for one in comparison.compare(assembly, places)):
            step.conclude("no changes")
            return {}
        for line in repair(assembly.stacks, places, step.say):
            step.line(f"repaired {line}")
        done = deploy(workspace, assembly, places.url, DeployView(step))
        changed = sum(stack.state == "deployed" for stack in done.stacks.values())
        step.conclude(f"{count(changed, 'stack')} deployed, {len(done.stacks) - changed} unchanged")
        return {name: stack.seconds(0) for name, stack in done.stacks.items() if stack.state == "deployed"}


def _verification(
    workspace: Workspace, steps: Steps, deployment: Deployment, assembly: Assembly, places: Places
) -> Verification:
    with steps.step("verification") as step:
        found = verify(workspace, deployment, assembly, places, step.say)
        logins = sum(bool(login.role) for login in found.secrets.logins)
        what = f"{count(found.resources, 'resource')}, {count(logins, 'database login')}"
        wrong = count(len(found.differences), "difference")
        step.conclude(f"{what}: {wrong if found.differences else 'as described'}")
        return found


def _differences(workspace: Workspace, found: Verification) -> OperatorError:
    return OperatorError(
        ExitCode.VERIFICATION,
        f"{count(len(found.differences), 'difference')} between what was described and what exists",
        details="\n".join(f"  {line}" for line in found.differences),
        hint=f"the log of the deploy is {workspace.deploy_log}",
    )
