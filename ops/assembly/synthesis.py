"""Runs the app as the CDK CLI would, once, and keeps the assembly until a source changes."""

import json
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops.assembly import complaints, fingerprint
from ops.assembly.target import Target
from ops.embedded import loopback, programs
from ops.lock import in_turn
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

SOURCE_ROOTS = (".", "constructs", "runtime")
"""Where the packages of a checkout begin; see pyproject.toml."""


def synthesise(workspace: Workspace, target: Target, folder: Path, say: Callable[[str], None]) -> bool:
    """Make the assembly in ``folder``, unless it is there and no source has changed since.

    The folder appears when it is complete; a synthesis that is killed leaves the old one. Of two at once
    for the same folder, the second waits, and finds it done.

    Returns:
        Whether anything had to be done.

    Raises:
        OperatorError: the app failed; the details are what it said.
    """
    with in_turn(workspace, folder):
        return _synthesise(workspace, target, folder, say)


def _synthesise(workspace: Workspace, target: Target, folder: Path, say: Callable[[str], None]) -> bool:
    wanted = fingerprint.of(workspace.root, target.context)
    if fingerprint.recorded(folder) == wanted and (folder / "manifest.json").exists():
        return False
    unfinished = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    workspace.home.mkdir(parents=True, exist_ok=True)
    _run_app(workspace, target, unfinished, say)
    fingerprint.record(unfinished, wanted)
    if folder.exists():
        shutil.rmtree(folder)
    unfinished.replace(folder)
    return True


def app_context(cdk_json: dict[str, Any], target: Target) -> dict[str, Any]:
    """The context the CDK CLI would give the app for the same ``cdk.json``."""
    reporting = cdk_json.get("versionReporting", True)
    switches = {
        "aws:cdk:enable-path-metadata": cdk_json.get("pathMetadata", True),
        "aws:cdk:enable-asset-metadata": cdk_json.get("assetMetadata", True),
        "aws:cdk:version-reporting": reporting,
        "aws:cdk:disable-version-reporting": not reporting,
    }
    on = {key: True for key, value in switches.items() if value}
    return {**cdk_json.get("context", {}), **on, **target.context}


def app_command(cdk_json: dict[str, Any], workspace: Workspace) -> list[str]:
    """What ``cdk.json`` starts the app with, on the Python of this checkout."""
    _python, *words = shlex.split(cdk_json.get("app", "python app.py"))
    return [str(workspace.bin / "python"), *words]


def _run_app(workspace: Workspace, target: Target, folder: Path, say: Callable[[str], None]) -> None:
    file = workspace.root / "cdk.json"
    settings: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    context = app_context(settings, target)
    variables = loopback.environment(workspace)
    variables |= {
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(folder),
        # Before what is installed, which is this checkout, where the sources of another revision are run.
        "PYTHONPATH": os.pathsep.join(str(workspace.root / name) for name in SOURCE_ROOTS),
    }
    command = app_command(settings, workspace)
    with programs.running(workspace, command, variables, folder=workspace.root) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if line.strip():
                say(line.strip())
    if process.returncode or not (folder / "manifest.json").exists():
        raise OperatorError(
            ExitCode.SYNTHESIS,
            f"synthesis of {target.system} {target.environment} failed",
            details=complaints.explain(lines, folder),
            hint="correct what the message names, then run this again",
        )
