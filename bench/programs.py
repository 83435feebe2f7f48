"""The programs whose synthesis is compared: ours, the same in JavaScript, and the smallest app in both."""

import json
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.apps.staged import STAGES
from bench.process import Cost, MeasurementError, run
from ops.assembly.synthesis import app_context
from ops.assembly.target import Target
from ops.embedded import loopback
from ops.workspace import Workspace

JAVASCRIPT_STAGES = STAGES[:-1]
"""The deploy rules are ours and in Python; the JavaScript app has every other check."""
UNCHECKED = STAGES[: STAGES.index("built-in")]


@dataclass(frozen=True, slots=True)
class Program:
    """An app with the environment the CDK CLI would start it in."""

    name: str
    command: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


def ours(stage: str) -> str:
    """Name of our app stopped after ``stage``."""
    return f"Python, {stage}"


def javascript(stage: str) -> str:
    """Name of the JavaScript app stopped after ``stage``."""
    return f"JavaScript, {stage}"


def smallest(language: str, *, checked: bool) -> str:
    """Name of the one-bucket app."""
    return f"one bucket, {language}, {'with' if checked else 'without'} validation"


def programs(workspace: Workspace, description: Path) -> list[Program]:
    """Every program, in the order of a round."""
    python, node = str(workspace.bin / "python"), str(workspace.bin / "node")
    bench, scripts = workspace.root / "bench" / "apps", workspace.root / "bench" / "javascript"
    buckets = {
        "Python": (python, str(bench / "one_bucket.py")),
        "JavaScript": (node, str(scripts / "one-bucket.js")),
    }
    found = [
        Program(smallest(language, checked=checked), command, _validation(checked))
        for checked in (False, True)
        for language, command in buckets.items()
    ]
    for stage in STAGES:
        staged = {"CAMBIUM_BENCH_STAGE": stage, **_validation(stage not in UNCHECKED)}
        found.append(Program(ours(stage), (*app_interpreter(workspace), "-m", "bench.apps.staged"), staged))
        if stage in JAVASCRIPT_STAGES:
            staged |= {"CAMBIUM_BENCH_DESCRIPTION": str(description)}
            found.append(Program(javascript(stage), (node, str(scripts / "app.js")), staged))
    return found


def app_interpreter(workspace: Workspace) -> tuple[str, ...]:
    """Python with the options that ``cdk.json`` starts our app with."""
    settings = json.loads((workspace.root / "cdk.json").read_text())
    python, *options, _script = shlex.split(settings["app"])
    return (str(workspace.root / python), *options)


def runner(workspace: Workspace, program: Program, target: Target, out: Path) -> Callable[[], Cost]:
    """A function that synthesises once into a fresh folder."""
    settings = json.loads((workspace.root / "cdk.json").read_text())
    env = loopback.environment(workspace) | {
        "CDK_CONTEXT_JSON": json.dumps(app_context(settings, target)),
        "CDK_OUTDIR": str(out),
        **program.variables,
    }
    # Kept out of the way of Python's own cache: without it ours would be compiled anew in every run,
    # which no ordinary shell does.
    env.pop("PYTHONDONTWRITEBYTECODE", None)

    def once() -> Cost:
        shutil.rmtree(out, ignore_errors=True)
        try:
            return run(program.command, folder=workspace.root, env=env)
        except MeasurementError as error:
            raise MeasurementError(f"{program.name}: {error}") from error

    return once


def _validation(checked: bool) -> dict[str, str]:
    return {} if checked else {"CDK_VALIDATION": "false"}
