"""Understands what ``cdk deploy --progress events`` prints."""

import re
from dataclasses import dataclass, field
from typing import Literal

Progress = Literal["waiting", "publishing", "deploying", "deployed", "unchanged", "failed"]

_STARTED = re.compile(r"^(?P<stack>\S+): (?:deploying\.\.\.|creating CloudFormation changeset\.\.\.)")
_ASSET = re.compile(r"^(?P<stack>\S+): (?:start|success|fail): ")
_EVENT = re.compile(
    r"^(?P<stack>\S+) \| +(?:(?P<done>\d+)/(?P<total>\d+) \| +)?[\d:]+ [AP]M \| (?P<state>[A-Z_]+) +\| "
    r"(?P<type>\S+) +\| (?P<what>.*)$"
)
_DONE = re.compile(r"^ ?✅ +(?P<stack>\S+)(?P<unchanged> \(no changes\))?$")
_FAILED = re.compile(r"^ ?❌ +(?P<stack>\S+) failed")


@dataclass(slots=True)
class StackProgress:
    """How far one stack is."""

    state: Progress = "waiting"
    doing: str = ""
    started: float | None = None
    ended: float | None = None

    def seconds(self, now: float) -> float | None:
        """How long it has been, or was, at work; None if it has not begun."""
        return None if self.started is None else (self.ended or now) - self.started


@dataclass(slots=True)
class DeployProgress:
    """Follows a deploy from the lines the CLI prints.

    Attributes:
        failures: One line per failed resource, "stack  resource (type): reason".
        error: What the CLI said after the failed stack, as it said it.
    """

    stacks: dict[str, StackProgress]
    failures: list[str] = field(default_factory=list)
    error: list[str] = field(default_factory=list)

    def feed(self, line: str, now: float) -> None:
        """Take the next line."""
        for pattern, react in (
            (_EVENT, self._event),
            (_STARTED, self._start),
            (_DONE, self._finish),
            (_FAILED, self._fail),
            (_ASSET, self._asset),
        ):
            match = pattern.match(line)
            if match is not None and match["stack"] in self.stacks:
                react(match, now)
                return
        if self.error and line.strip():
            self.error.append(line)

    def _start(self, match: re.Match[str], now: float) -> None:
        self._begin(match["stack"], now)

    def _begin(self, name: str, now: float) -> StackProgress:
        stack = self.stacks[name]
        stack.started = now if stack.started is None else stack.started
        stack.state = "deploying"
        return stack

    def _asset(self, match: re.Match[str], now: float) -> None:
        stack = self.stacks[match["stack"]]
        if stack.state == "waiting":
            stack.state = "publishing"

    def _event(self, match: re.Match[str], now: float) -> None:
        stack = self.stacks[match["stack"]]
        if stack.state in ("waiting", "publishing", "deploying"):
            self._begin(match["stack"], now)
        stack.doing = f"{match['type'].removeprefix('AWS::')} {match['what'].split(' (')[0]}".strip()
        if match["state"].endswith("_FAILED"):
            kind, what = match["type"], match["what"].strip()
            failure = f"{match['stack']}  {kind}  {what}"
            if failure not in self.failures:
                self.failures.append(failure)

    def _finish(self, match: re.Match[str], now: float) -> None:
        stack = self._begin(match["stack"], now)
        stack.ended = now
        stack.state = "unchanged" if match["unchanged"] else "deployed"

    def _fail(self, match: re.Match[str], now: float) -> None:
        stack = self._begin(match["stack"], now)
        stack.ended = now
        stack.state = "failed"
        self.error.append(match.string.strip())
