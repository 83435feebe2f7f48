"""Two consoles: results to stdout, for people and pipes; progress and errors to stderr."""

import json
import os
import sys
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape

from ops.outcome import OperatorError

WIDTH = 100


def results() -> Console:
    """The console for what was asked for."""
    return _console(sys.stdout)


def print_json(value: Any) -> None:
    """A result for a program."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def progress() -> Console:
    """The console for what is happening, and for what went wrong."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    console = Console(file=stream, highlight=False, soft_wrap=False)
    plain = not console.is_terminal or os.environ.get("TERM") == "dumb"
    console.width = WIDTH if plain else min(console.width, WIDTH)
    return console


def show_error(error: OperatorError) -> None:
    """What went wrong, the details, and what to do."""
    console = progress()
    console.print(f"\n[bold red]error[/]  {escape(error.message)}")
    if error.details:
        console.print(escape(error.details), soft_wrap=True)
    if error.hint:
        console.print(f"[bold]next[/]   {escape(error.hint)}", soft_wrap=True)
