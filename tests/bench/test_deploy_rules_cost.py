"""The deploy rules are timed on templates from a folder."""

import json
from pathlib import Path

from bench.deploy_rules import measure
from cambium.deploy_rules.catalogue import RULES


def test_reads_every_template_and_runs_every_rule(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.template.json").write_text(json.dumps({"Resources": {}}))

    cost = measure(tmp_path, repeats=2)

    assert cost.templates == 2
    assert cost.rules == len(RULES)
