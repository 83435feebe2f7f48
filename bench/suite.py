"""Measures what ``make test`` runs: as a whole, and one run per folder of ``tests/`` and per file in it.

Long tests are left out, as there. Types are checked without a cache, as in a fresh clone.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from bench.process import Cost, run
from ops.embedded import loopback
from ops.workspace import Workspace

SOME_FAILED = 1
NONE_FOUND = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One folder or file of tests."""

    name: str
    tests: int
    failed: tuple[str, ...]
    """The tests that failed."""
    slowest: str
    slowest_seconds: float
    cost: Cost


def whole(workspace: Workspace, say: Callable[[str], None]) -> Cost:
    """Run ``make test`` once: linters, then types and all tests beside each other.

    Raises:
        MeasurementError: it failed.
    """
    say("make test")
    with tempfile.TemporaryDirectory() as cache:
        env = dict(loopback.environment(workspace)) | {"MYPY_CACHE_DIR": cache}
        return run(("make", "test"), folder=workspace.root, env=env)


def measure(workspace: Workspace, say: Callable[[str], None]) -> list[Part]:
    """Run every part once."""
    tests = workspace.root / "tests"
    parts = []
    for path in sorted(tests.iterdir()):
        if path.match("test_*.py") or any(path.rglob("test_*.py")):
            say(f"pytest tests/{path.name}")
            parts.append(_measure(workspace, path))
    return [part for part in parts if part.tests]


def _measure(workspace: Workspace, path: Path) -> Part:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        pytest = (str(workspace.bin / "python"), "-m", "pytest", "-q", "-m", "not long")
        command = (*pytest, str(path), f"--junitxml={report}")
        env = loopback.without_aws(dict(loopback.environment(workspace)))
        env |= {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(workspace.state / "jsii")}
        # A failing test is the suite's business to report; here it is only counted.
        cost = run(command, folder=workspace.root, env=env, allowed=(0, SOME_FAILED, NONE_FOUND))
        return read(path.name, report, cost)


def read(name: str, report: Path, cost: Cost) -> Part:
    """Summarise a JUnit report of pytest."""
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it just now
    failed = tuple(_name(case) for case in cases if _failed(case))
    slowest = max(cases, key=_seconds, default=None)
    if slowest is None:
        return Part(name, 0, (), "", 0.0, cost)
    return Part(name, len(cases), failed, slowest.get("name", ""), _seconds(slowest), cost)


def _failed(case: ElementTree.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _name(case: ElementTree.Element) -> str:
    return "::".join(part for part in (case.get("classname"), case.get("name")) if part)


def _seconds(case: ElementTree.Element) -> float:
    return float(case.get("time", "0"))
