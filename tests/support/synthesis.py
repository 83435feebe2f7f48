"""The deployments that tests read. A line in ``DEPLOYMENTS`` is all that one more of them needs."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.assembly.synthesis import app_context
from ops.assembly.target import Target

ROOT = Path(__file__).parents[2]
RUN_APP = Path(__file__).parent / "run_app.py"
NEWCOMER = ROOT / "tests" / "config" / "newcomer"
TENANTED = ROOT / "tests" / "stacks" / "tenanted"
WORLDWIDE = ROOT / "tests" / "stacks" / "worldwide"


@dataclass(frozen=True)
class Synth:
    """What to synthesise."""

    target: Target
    systems: Path | None = None
    """A folder of systems, for one that is not in ``config/systems``."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the system that are others than its file says."""
    reviewed: bool = True
    """Whether its templates are kept in ``tests/stacks/templates``."""

    @property
    def context(self) -> dict[str, Any]:
        """The context that the CDK CLI would give."""
        return app_context(json.loads((ROOT / "cdk.json").read_text()), self.target)

    @property
    def name(self) -> str:
        """What its reviewed templates are filed under."""
        return self.target.assembly_name(self.target.phase or 1)

    def command(self, *bends: str) -> list[str]:
        """The app in a process of its own, for the reviewed product; see ``run_app.py`` for the bends."""
        systems = ["--systems", str(self.systems)] if self.systems else []
        return [sys.executable, str(RUN_APP), *systems, *bends]

    def run(self, folder: Path, *bends: str) -> subprocess.CompletedProcess[str]:
        """Run that command, into ``folder``."""
        given = {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(self.context)}
        return subprocess.run(
            self.command(*bends),
            cwd=ROOT,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )


DEPLOYMENTS = {
    "phase_one": Synth(Target("restartix", "production", 1, "app-runner")),
    "fargate": Synth(Target("restartix", "production", 1, "fargate")),
    "phase_two": Synth(Target("restartix", "production", 2, "app-runner")),
    "fargate_phase_two": Synth(Target("restartix", "production", 2, "fargate"), reviewed=False),
    "phase_three": Synth(Target("restartix", "production", 3, "app-runner")),
    "pooled_staging": Synth(Target("restartix-fargate", "staging", 1)),
    "pooled_production": Synth(Target("restartix-fargate", "production", 1)),
    "pooled_phase_two": Synth(Target("restartix-fargate", "production", 2)),
    "reptidex_dev": Synth(Target("reptidex", "dev", 1)),
    "reptidex_production": Synth(Target("reptidex", "production", 1)),
    "reptidex_grown": Synth(Target("reptidex", "production", 2), reviewed=False),
    "chatbot_dev": Synth(Target("chatbot", "dev", 1)),
    "chatbot_production": Synth(Target("chatbot", "production", 1)),
    "chatbot_grown": Synth(Target("chatbot", "production", 2), reviewed=False),
    "vantrexia_host": Synth(Target("vantrexia", "production", 1)),
    "vantrexia_grown": Synth(Target("vantrexia", "production", 2)),
    "rotating": Synth(
        Target("restartix-fargate", "production", 1), changes={"secret_rotation_days": 30}, reviewed=False
    ),
    "notes": Synth(Target("notes", "production"), systems=NEWCOMER, reviewed=False),
}
"""Every deployment that is tested, by the name of its fixture.

Each is checked by cfn-lint and the rule packs, for stale acknowledgements, for what growing to the next phase
would replace and who can reach whom; ``make snapshots`` files its templates and the logical ids of its data.
"""

PRODUCTS = {name: one for name, one in DEPLOYMENTS.items() if not (one.systems or one.changes)}
"""Those of ``config/systems``, as they are described."""

SYNTHS = {
    **DEPLOYMENTS,
    "phase_four": Synth(Target("restartix", "production", 4, "app-runner")),
    "tenanted": Synth(Target("clinic", "production"), systems=TENANTED),
    "tenanted_on_app_runner": Synth(Target("clinic", "production", platform="app-runner"), systems=TENANTED),
    "worldwide": Synth(Target("atlas", "production"), systems=WORLDWIDE),
    "compass": Synth(Target("compass", "production"), systems=WORLDWIDE),
}
"""With apps of several regions, whose stacks cannot be told apart by their roles alone."""


def of(system: str) -> dict[str, Synth]:
    """The deployments of a system."""
    return {name: one for name, one in PRODUCTS.items() if one.target.system == system}


RESTARTIX, POOLED, REPTIDEX = of("restartix"), of("restartix-fargate"), of("reptidex")
CHATBOT = of("chatbot")
