"""The view of a running deploy: each stack, its state, its seconds."""

import time

from rich.table import Table

from ops.deploy.events import DeployProgress, Progress
from ops.report.steps import Step
from ops.report.tables import table
from ops.report.wording import clip

STYLES: dict[Progress, str] = {
    "waiting": "dim",
    "publishing": "dim",
    "deploying": "yellow",
    "deployed": "green",
    "unchanged": "green",
    "failed": "bold red",
}
NAME_WIDTH = 46
FINAL = ("deployed", "unchanged", "failed")


class DeployView:
    """Draws the progress into a step, and says each stack that ends once."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._said: set[str] = set()

    def __call__(self, progress: DeployProgress) -> None:
        """Show where the deploy is."""
        now = time.monotonic()
        for name, stack in progress.stacks.items():
            if stack.state in FINAL and name not in self._said:
                self._said.add(name)
                seconds = "" if stack.state == "unchanged" else f"{stack.seconds(now) or 0:.1f} s"
                self._step.line(f"{name:<{NAME_WIDTH}} {stack.state:<10} {seconds:>7}")
        done = sum(stack.state in FINAL for stack in progress.stacks.values())
        busy = [f"{n}: {s.doing}" for n, s in progress.stacks.items() if s.state == "deploying" and s.doing]
        what = f"{done} of {len(progress.stacks)} stacks"
        self._step.say(f"{what}  {busy[0]}" if busy else what, below=_table(progress, now))


def _table(progress: DeployProgress, now: float) -> Table:
    content = table("stack", "state", "seconds", "now", right=["seconds"], keep=["stack", "state", "now"])
    content.columns[1].width, content.columns[2].width, content.columns[3].width = 10, 7, 32
    for name, stack in progress.stacks.items():
        seconds = stack.seconds(now)
        content.add_row(
            name,
            f"[{STYLES[stack.state]}]{stack.state}[/]",
            f"{seconds:.1f}" if seconds is not None else "",
            clip(stack.doing, 32) if stack.state == "deploying" else "",
        )
    return content
