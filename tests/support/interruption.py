"""Kills ``cambium up`` in the middle of a step, as the end of a session or of the memory does."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.testing import Checkout
from ops.workspace import Workspace

STEPS = ("configuration", "embedded AWS", "synthesis", "bootstrap", "deploy", "verification")
POLL_SECONDS = 0.005


@dataclass(frozen=True)
class Moment:
    """A moment at which a run is half-way through a step."""

    step: str
    has_come: Callable[[Workspace], bool]
    """Asked from the end of the step before until it says so."""

    @property
    def number(self) -> int:
        """The step's place in the list that ``up`` prints."""
        return STEPS.index(self.step) + 1


def logged(words: str) -> Callable[[Workspace], bool]:
    """A moment at which the CDK CLI has said these words."""
    return lambda workspace: workspace.deploy_log.exists() and words in workspace.deploy_log.read_text()


def _holds_the_lock(workspace: Workspace) -> bool:
    lock = workspace.state / "lock"
    return lock.exists() and bool(lock.read_text())


FIRST_MOMENTS = (
    Moment("configuration", _holds_the_lock),
    Moment("embedded AWS", lambda workspace: workspace.emulator_state.exists()),
    Moment("synthesis", lambda workspace: any((workspace.state / "out").glob("*.partial"))),
    Moment("bootstrap", logged("CDKToolkit: creating CloudFormation changeset")),
)
LAST_MOMENT = Moment("verification", lambda _workspace: True)


def kill_at(moment: Moment, checkout: Checkout, words: Sequence[str]) -> None:
    """Run the command and kill it, with all of its process group, at a moment.

    Raises:
        AssertionError: it had left the step, or ended, before that.
    """
    process = _started_alone(checkout, words)
    said = _until_step(moment.number, process)
    while process.poll() is None and not moment.has_come(checkout.workspace):
        time.sleep(POLL_SECONDS)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    said += process.communicate()[0]
    assert process.returncode == -signal.SIGKILL, f"{moment.step}: it ended by itself:\n{said}"
    # Configuration takes a few milliseconds: what is killed there may be at the start of the next step.
    left = max(moment.number, 2)
    assert f"[{left}/{len(STEPS)}]" not in said, f"{moment.step}: it was over by then:\n{said}"


def _until_step(number: int, process: "subprocess.Popen[str]") -> str:
    said = ""
    while number > 1 and f"[{number - 1}/{len(STEPS)}]" not in said:
        line = process.stdout.readline() if process.stdout else ""
        said += line
        if not line:
            break
    return said


def _started_alone(checkout: Checkout, words: Sequence[str]) -> "subprocess.Popen[str]":
    # In a group of its own: the signal is for the command, not for the tests.
    return subprocess.Popen(
        [str(checkout.workspace.bin / "python"), "-u", "-m", "ops.cli", *words],
        cwd=checkout.workspace.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
