"""What a drill found: checks with the answer that was expected, the one that came, and a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["pass", "fail", "not run"]
Kind = Literal["promise", "contrast"]


class CannotRunError(Exception):
    """The machine lacks something a drill needs; the message names it, and how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the table."""

    what: str
    expected: str
    """The bound or the answer, in words."""
    measured: str
    verdict: Verdict
    kind: Kind = "promise"
    """A contrast is the same without what protects: when it fails, the drill could not have failed, and
    its other lines prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One drill that was run."""

    name: str
    question: str
    checks: Sequence[Check]
    facts: dict[str, str] = field(default_factory=dict)
    """What it ran on, and with which of the template's numbers."""
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """Failed when a line failed; not run when one could not be tried; passed otherwise."""
        found = {check.verdict for check in self.checks}
        if "fail" in found:
            return "fail"
        return "not run" if "not run" in found or not found else "pass"


def at_most(what: str, measured: float, bound: float, unit: str = "", *, kind: Kind = "promise") -> Check:
    """A line that holds while the number does not exceed the bound."""
    return _compared(what, "at most", measured, bound, unit, ok=measured <= bound, kind=kind)


def at_least(what: str, measured: float, bound: float, unit: str = "", *, kind: Kind = "promise") -> Check:
    """A line that holds while the number reaches the bound."""
    return _compared(what, "at least", measured, bound, unit, ok=measured >= bound, kind=kind)


def exactly(what: str, measured: object, expected: object, *, kind: Kind = "promise") -> Check:
    """A line that holds when both are the same."""
    verdict: Verdict = "pass" if measured == expected else "fail"
    return Check(what=what, expected=str(expected), measured=str(measured), verdict=verdict, kind=kind)


def not_run(what: str, expected: str, reason: str, *, kind: Kind = "promise") -> Check:
    """A line for what could not be tried here; it never looks like a success."""
    return Check(what=what, expected=expected, measured=reason, verdict="not run", kind=kind)


def _compared(
    what: str, word: str, measured: float, bound: float, unit: str, *, ok: bool, kind: Kind
) -> Check:
    return Check(
        what=what,
        expected=f"{word} {_number(bound)}{unit}",
        measured=f"{_number(measured)}{unit}",
        verdict="pass" if ok else "fail",
        kind=kind,
    )


def _number(value: float) -> str:
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else f"{value:.2f}"
