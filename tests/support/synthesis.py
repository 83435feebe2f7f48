"""Synthesises an app in a process of its own, once per test run, two at a time."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ops.assembly.synthesis import app_context
from ops.assembly.target import Target
from support.assembly import Assembly

ROOT = Path(__file__).parents[2]
RUN_APP = Path(__file__).parent / "run_app.py"
NEWCOMER = ROOT / "tests" / "config" / "newcomer"
WORLDWIDE = ROOT / "tests" / "stacks" / "worldwide"
DONE = "finished"


@dataclass(frozen=True)
class Synth:
    """What to synthesise, and how ``run_app.py`` is to bend it."""

    target: Target
    bend: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        """What runs it: the app, for the reviewed product."""
        return [sys.executable, str(RUN_APP), *self.bend]

    def run(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Synthesise into ``folder`` with the context that the CDK CLI would give."""
        settings = json.loads((ROOT / "cdk.json").read_text())
        context = json.dumps(app_context(settings, self.target))
        variables = {**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": context}
        return subprocess.run(
            self.command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
        )


RESTARTIX = {
    "phase_one": Synth(Target("restartix", "production", 1, "app-runner")),
    "phase_two": Synth(Target("restartix", "production", 2, "app-runner")),
    "fargate": Synth(Target("restartix", "production", 1, "fargate")),
    "fargate_phase_two": Synth(Target("restartix", "production", 2, "fargate")),
}
POOLED = {
    "pooled_staging": Synth(Target("restartix-fargate", "staging", 1)),
    "pooled_production": Synth(Target("restartix-fargate", "production", 1)),
    "pooled_phase_two": Synth(Target("restartix-fargate", "production", 2)),
}
REPTIDEX = {
    "reptidex_dev": Synth(Target("reptidex", "dev", 1)),
    "reptidex_production": Synth(Target("reptidex", "production", 1)),
    "reptidex_grown": Synth(Target("reptidex", "production", 2)),
}
NOTES = Synth(Target("notes", "production"), ("--systems", str(NEWCOMER)))
DEPLOYMENTS = {**RESTARTIX, **POOLED, **REPTIDEX, "notes": NOTES}
SYNTHS = {
    **DEPLOYMENTS,
    "worldwide": Synth(Target("atlas", "production"), ("--systems", str(WORLDWIDE))),
    "unacknowledged_phase_one": Synth(RESTARTIX["phase_one"].target, ("--unacknowledged",)),
    "unacknowledged_fargate": Synth(RESTARTIX["fargate_phase_two"].target, ("--unacknowledged",)),
    "reptidex_dev_unaccepted": Synth(REPTIDEX["reptidex_dev"].target, ("--unacknowledged",)),
    "reptidex_production_unaccepted": Synth(REPTIDEX["reptidex_production"].target, ("--unacknowledged",)),
    "unacknowledged_staging": Synth(POOLED["pooled_staging"].target, ("--unacknowledged",)),
    "unacknowledged_pooled": Synth(POOLED["pooled_phase_two"].target, ("--unacknowledged",)),
}


class Synths:
    """The synths of a test run. Processes that share ``folder`` share them."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder = folder
        pool = ThreadPoolExecutor(max_workers=2)
        self._futures: dict[str, Future[Assembly]] = {name: pool.submit(self._make, name) for name in names}

    def __getitem__(self, name: str) -> Assembly:
        return self._futures[name].result()

    def _make(self, name: str) -> Assembly:
        folder = self._folder / name
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self._folder / f"{name}.{DONE}").exists():
                result = SYNTHS[name].run(folder)
                # Without its acknowledgements the app has findings, and says so.
                assert result.returncode == 0 or "--unacknowledged" in SYNTHS[name].bend, result.stderr[
                    -4000:
                ]
                (self._folder / f"{name}.{DONE}").touch()
        return Assembly(folder)
