"""The list of steps while they run: a live line on a terminal, plain lines anywhere else."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner

from ops.report.wording import clip

NAME_WIDTH = 14
WHAT_WIDTH = 65
HEARTBEAT_SECONDS = 15


class Step:
    """One step. Say what is happening now; conclude with what came out."""

    def __init__(self, console: Console, label: str, live: Live | None) -> None:
        self._console = console
        self._label = label
        self._live = live
        self._began = self._spoke = time.monotonic()
        self._now = ""
        self.conclusion = ""

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def say(self, what: str, *, below: RenderableType | None = None) -> None:
        """Show what is happening now; ``below`` is drawn under the line on a terminal."""
        self._now = what
        if self._live is not None:
            self._live.update(_Running(self, below))
        elif time.monotonic() - self._spoke >= HEARTBEAT_SECONDS:
            self.line(f"... {what}")

    def line(self, what: str) -> None:
        """A line that stays: a milestone inside a long step, for logs without a terminal."""
        self._spoke = time.monotonic()
        if self._live is None:
            self._console.print(f"      {escape(what.rstrip())}", overflow="ellipsis", no_wrap=True)

    def conclude(self, what: str) -> None:
        """What came out of it; shown when the step ends."""
        self.conclusion = what

    def now(self) -> str:
        """The line of a running step."""
        return f"{self._label} {clip(self._now, WHAT_WIDTH):<{WHAT_WIDTH}} {self.seconds:6.1f} s"


class _Running:
    """Redrawn by the live display, so that the seconds move while nothing else does."""

    def __init__(self, step: Step, below: RenderableType | None) -> None:
        self._step = step
        self._below = below
        self._spinner = Spinner("dots")

    def __rich_console__(self, console: Console, _: object) -> Iterator[RenderableType]:
        self._spinner.update(text=escape(self._step.now()))
        yield self._spinner
        if self._below is not None:
            yield self._below


class Steps:
    """Numbers the steps of a command and keeps their seconds."""

    def __init__(self, console: Console, total: int, timings: Path | None = None) -> None:
        self._console = console
        self._total = total
        self._timings = timings
        self._seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Run one step; its line stays when it ends, well or not."""
        number = len(self._seconds) + 1
        label = f"[{number}/{self._total}] {name:<{NAME_WIDTH}}"
        live = self._live()
        step = Step(self._console, label, live)
        try:
            if live is not None:
                live.start()
            step.say("")
            yield step
        except BaseException as error:
            what = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            self._end(name, step, live, what, mark="[red]x[/]")
            raise
        self._end(name, step, live, step.conclusion, mark="[green]✓[/]")

    def _live(self) -> Live | None:
        if not self._console.is_terminal:
            return None
        return Live(console=self._console, refresh_per_second=8, transient=True)

    def _end(self, name: str, step: Step, live: Live | None, what: str, *, mark: str) -> None:
        if live is not None:
            live.stop()
        self._seconds[name] = round(step.seconds, 2)
        number = escape(f"[{len(self._seconds)}/{self._total}]")
        shown = escape(f"{clip(what, WHAT_WIDTH):<{WHAT_WIDTH}}")
        self._console.print(f"{mark} [bold]{number} {name:<{NAME_WIDTH}}[/] {shown} {step.seconds:6.1f} s")
        if self._timings is not None:
            self._timings.write_text(json.dumps(self._seconds, indent=2) + "\n")
