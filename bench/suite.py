"""Measures ``make test``, and reads from pytest's own report what each part of ``tests/`` took of it."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from bench.process import Cost, run
from ops.embedded import loopback
from ops.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of tests, or one file directly in ``tests/``."""

    name: str
    tests: int
    seconds: float
    """What its tests took, one after the other; several ran at once."""
    slowest_seconds: float


def measure(workspace: Workspace, say: Callable[[str], None]) -> tuple[list[Part], Cost]:
    """Run ``make test`` once: linters, then types and all tests beside each other.

    Types are checked without a cache, as in a fresh clone. Long tests are left out, as always there.

    Raises:
        MeasurementError: it failed.
    """
    say("make test")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        env = loopback.without_aws(dict(loopback.environment(workspace)))
        env |= {"MYPY_CACHE_DIR": scratch, "PYTEST_ADDOPTS": f"--junitxml={report}"}
        cost = run(("make", "test"), folder=workspace.root, env=env)
        return read(report), cost


def read(report: Path) -> list[Part]:
    """Summarise a JUnit report of pytest, by part, the longest first."""
    parts: dict[str, list[float]] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        parts.setdefault(_part(case.get("classname", "")), []).append(float(case.get("time", "0")))
    found = (Part(name, len(times), sum(times), max(times)) for name, times in parts.items())
    return sorted(found, key=lambda part: part.seconds, reverse=True)


def total(parts: Iterable[Part]) -> tuple[int, float]:
    """How many tests there are, and what they took one after the other."""
    every = list(parts)
    return sum(part.tests for part in every), sum(part.seconds for part in every)


def _part(module: str) -> str:
    """``tests.ops.plan.test_laws`` is a part of ``ops``."""
    names = module.split(".")
    return names[1] if len(names) > 1 else module
