"""What the deploy rules cost by themselves: reading an assembly's templates and checking them."""

import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from cambium.deploy_rules.catalogue import RULES, check
from cambium.deploy_rules.template import Template


@dataclass(frozen=True, slots=True)
class RulesCost:
    """Cost of checking one set of templates."""

    templates: int
    rules: int
    findings: int
    milliseconds: float


def measure(assembly: Path, repeats: int) -> RulesCost:
    """Read and check the templates of an assembly, ``repeats`` times."""
    paths = sorted(assembly.glob("*.template.json"))
    findings, seconds = 0, []
    for _ in range(repeats):
        began = time.process_time()
        templates = [Template(str(path), json.loads(path.read_text())) for path in paths]
        findings = sum(1 for _ in check(templates))
        seconds.append(time.process_time() - began)
    return RulesCost(len(paths), len(RULES), findings, statistics.median(seconds) * 1000)
