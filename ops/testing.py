"""For tests: the ``cambium`` command inside the process, and as a process of its own."""

import subprocess
from dataclasses import dataclass

from typer.testing import CliRunner, Result

from ops.cli import app
from ops.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Command:
    """The command, inside this process; call it with its words."""

    workspace: Workspace

    def __call__(self, *words: str) -> Result:
        """Run it: exit code, stdout and stderr."""
        return CliRunner().invoke(app, list(words), obj=self.workspace)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout with the command as a process of its own, which can be killed."""

    workspace: Workspace

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the command; its output is one stream of lines."""
        return subprocess.Popen(
            [str(self.workspace.bin / "python"), "-u", "-m", "ops.cli", *words],
            cwd=self.workspace.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, stdin: str = "", timeout_seconds: int = 180) -> tuple[int, str]:
        """Run the command to its end: exit code and output."""
        process = self.start(*words)
        output, _ = process.communicate(stdin, timeout=timeout_seconds)
        return process.returncode, output
