"""Deploys an assembly and tells how it goes."""

import time
from collections.abc import Callable

from ops.assembly.manifest import Assembly
from ops.deploy.cdk_cli import CdkCli
from ops.deploy.events import DeployProgress, StackProgress
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

WORDS = ("deploy", "--all", "--concurrency", "4", "--require-approval", "never", "--progress", "events")


def deploy(
    workspace: Workspace, assembly: Assembly, url: str, show: Callable[[DeployProgress], None]
) -> DeployProgress:
    """Deploy every stack with the CDK CLI; the whole output goes to the log.

    Raises:
        OperatorError: a stack failed; the details name the resource and the reason.
    """
    progress = DeployProgress({stack.name: StackProgress() for stack in assembly.stacks})
    cli = CdkCli(workspace, url)
    place = assembly.stacks[0].place
    tail: list[str] = []
    for line in cli.lines(*WORDS, place=place, app=assembly.folder, log=workspace.deploy_log):
        progress.feed(line, time.monotonic())
        tail = [*tail[-19:], line]
        show(progress)
    if cli.status:
        raise _failure(workspace, progress, tail)
    return progress


def _failure(workspace: Workspace, progress: DeployProgress, tail: list[str]) -> OperatorError:
    failed = [name for name, stack in progress.stacks.items() if stack.state == "failed"]
    said = progress.failures or progress.error or tail
    return OperatorError(
        ExitCode.DEPLOYMENT,
        f"{', '.join(failed) or 'the deploy'} failed",
        details="\n".join(f"  {line}" for line in said),
        hint=f"the whole log is {workspace.deploy_log}; correct the cause, then run this again",
    )
