"""What cfn-lint says about templates, each in the regions where it goes."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ops.assembly.manifest import Stack
from support.assembly import Assembly
from support.synthesis import DEPLOYMENTS, SYNTHS
from support.synths import Synths

UNCREATABLE_VERSION = "W3691"
"""A warning to cfn-lint; to AWS a refusal to create the database."""
CHECKED = (*DEPLOYMENTS, "tenanted", "tenanted_on_app_runner")
"""With a product whose tenants have their own services on Fargate: no other has such a template."""
LATER = tuple(name for name in CHECKED if (SYNTHS[name].target.phase or 1) > 1 or SYNTHS[name].changes)
"""Later phases and variants, most of whose resources are those of others: they are for the long tests."""
FIRST = tuple(name for name in CHECKED if name not in LATER)

Lint = dict[Path, list[dict[str, Any]]]


def linted(names: Iterable[str], synths: Synths) -> Lint:
    """What cfn-lint says about every template of some deployments; each different one is read once."""
    same: dict[tuple[str, bytes], list[Path]] = {}
    for name in names:
        for stack in every(synths[name]):
            key = stack.place.region, stack.template_file.read_bytes()
            same.setdefault(key, []).append(stack.template_file)
    found: Lint = {file: [] for files in same.values() for file in files}
    for region in sorted({region for region, _ in same}):
        for match in _lint(region, [files[0] for (other, _), files in same.items() if other == region]):
            file = Path(match["Filename"])
            for copy in same[region, file.read_bytes()]:
                found[copy].append(match)
    return found


def wrong(lint: Lint, assembly: Assembly) -> list[str]:
    """Its errors, and the versions that can no longer be created."""
    return [
        f"{stack.name}: {match['Rule']['Id']} {match['Message']}"
        for stack in every(assembly)
        for match in lint[stack.template_file]
        if match["Level"] == "Error" or match["Rule"]["Id"] == UNCREATABLE_VERSION
    ]


def every(assembly: Assembly) -> list[Stack]:
    """Its stacks, and the templates that are assets."""
    return [*assembly.stacks.values(), *assembly.inside.values()]


def _lint(region: str, files: list[Path]) -> list[dict[str, Any]]:
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", "--regions", region, "--"]
    run = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    matches: list[dict[str, Any]] = json.loads(run.stdout)
    return matches
