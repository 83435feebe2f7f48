"""Calls the pinned CDK CLI: on a finished assembly, on the embedded AWS, never on the internet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ops.embedded import loopback, programs
from ops.embedded.aws import Place
from ops.workspace import Workspace

QUIET = ("--no-notices", "--no-version-reporting")


class CdkCli:
    """The CDK CLI of a checkout, aimed at one embedded AWS.

    Attributes:
        status: Exit status of the last call.
    """

    def __init__(self, workspace: Workspace, url: str) -> None:
        self._workspace = workspace
        self._url = url
        self.status: int | None = None

    def lines(
        self, *words: str, place: Place, app: Path | None = None, color: bool = False, log: Path | None = None
    ) -> Iterator[str]:
        """Run a command and yield its output line by line, written to ``log`` as well."""
        # Not in the checkout: there the CLI would read cdk.json and synthesise, or write a context file.
        folder = self._workspace.home
        variables = loopback.environment(
            self._workspace, self._url, account=place.account, region=place.region
        )
        with programs.running(
            self._workspace, self._command(words, app, color=color), variables, folder=folder
        ) as process:
            for line in process.stdout or ():
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(line)
                yield line.rstrip("\n")
        self.status = process.returncode

    def _command(self, words: Sequence[str], app: Path | None, *, color: bool) -> list[str]:
        cli = self._workspace.node_modules / "aws-cdk" / "bin" / "cdk"
        chosen = ["--app", str(app.absolute())] if app is not None else []
        colors = "--color" if color else "--no-color"
        return [str(self._workspace.bin / "node"), str(cli), *chosen, *words, *QUIET, colors]
