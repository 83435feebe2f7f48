"""Why a synthesis failed, in the words that help: rule, place and reason, without stack frames."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LINES = 60
_NOISE = re.compile(r"^\s+at |^\s+File \".*(site-packages|frozen)|^\s+[~^]+$|^The above exception|^\s*$")


def explain(output: list[str], folder: Path) -> str:
    """The findings of the validation report, or else the end of what the app printed."""
    findings = list(_findings(folder / "validation-report.json"))
    if findings:
        return "\n".join(findings)
    return "\n".join([line for line in output if not _NOISE.match(line)][-LINES:])


def _findings(report: Path) -> Iterator[str]:
    try:
        plugins = json.loads(report.read_text())["pluginReports"]
    except (OSError, ValueError, KeyError):
        return
    for plugin in plugins:
        if plugin.get("conclusion") == "failure":
            for violation in plugin.get("violations", []):
                yield from _finding(plugin["pluginName"], violation)


def _finding(plugin: str, violation: dict[str, Any]) -> Iterator[str]:
    rule = str(violation["ruleName"])
    yield f"  {rule}" if rule.startswith(plugin) else f"  {plugin} {rule}"
    yield f"    {violation['description'].split('. ')[0].split(' - (Control')[0]}"
    if violation.get("fix"):
        yield f"    fix: {violation['fix']}"
    for construct in violation.get("violatingConstructs", []):
        yield f"      {construct.get('constructPath') or construct.get('constructId', '')}"
