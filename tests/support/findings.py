"""What the checkers of a synth found, and what was accepted of it: read from the reports that CDK writes.

One is of the app, and one of each template that is an asset, which is synthesised as an app of its own.
"""

import json
from pathlib import Path
from typing import Any

from support.assembly import Assembly

REPORT = "validation-report.json"
REPORT_WITHOUT = "validation-report-without-acknowledgements.json"
ACCEPTED = "acknowledgements.json"

Findings = set[tuple[str, str]]
"""Rule and construct path."""


def left(assembly: Assembly) -> Findings:
    """What nobody accepted, whichever checker found it."""
    return _placed(assembly, REPORT)


def found(assembly: Assembly) -> Findings:
    """What was found when nothing was accepted."""
    return _placed(assembly, REPORT_WITHOUT)


def accepted(assembly: Assembly) -> list[dict[str, str]]:
    """Every acknowledgement that the app made: path, rule, reason."""
    return [one for folder in _folders(assembly) for one in json.loads((folder / ACCEPTED).read_text())]


def is_about(acknowledgement: dict[str, str], findings: Findings) -> bool:
    """Whether it accepts something that was found."""
    rule, scope = acknowledgement["rule"], acknowledgement["path"]
    return any(
        rule in (name, f"CloudFormation-Validate::{name}") and _inside(path, scope) for name, path in findings
    )


def _inside(path: str, scope: str) -> bool:
    return not scope or path == scope or path.startswith(f"{scope}/")


def _folders(assembly: Assembly) -> list[Path]:
    return [assembly.folder, *(assembly.folder / name for name in assembly.inside)]


def _placed(assembly: Assembly, file: str) -> Findings:
    return {one for folder in _folders(assembly) for one in in_report(folder / file)}


def in_report(file: Path) -> Findings:
    """What one report tells."""
    report: dict[str, Any] = json.loads(file.read_text())
    return {
        (one["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for one in plugin["violations"]
        for construct in one["violatingConstructs"] or [{"constructPath": ""}]
    }
