"""Remembers what was deployed to the embedded AWS that runs now."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ops.assembly.target import Target
from ops.embedded.emulator import Emulator
from ops.workspace import Workspace


class Known(NamedTuple):
    """A stack that was deployed once; it may be gone."""

    name: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An environment as it was deployed last."""

    target: Target
    phase: int
    phase_title: str
    platform: str
    assembly: Path
    stacks: tuple[Known, ...] = ()
    """Those of every phase and platform that it was deployed in."""


def record(workspace: Workspace, emulator: Emulator, now: Entry) -> None:
    """Note what an environment is now; stacks that it had before are remembered."""
    before = entry(workspace, emulator, now.target)
    stacks = dict.fromkeys([*(before.stacks if before else ()), *now.stacks])
    environment = f"{now.target.system}-{now.target.environment}"
    fact = dataclasses.asdict(now) | {"assembly": str(now.assembly), "stacks": list(stacks)}
    known = {**_read(workspace, emulator), environment: fact}
    _file(workspace).write_text(
        json.dumps({"emulator": _name(emulator), "environments": known}, indent=2) + "\n"
    )


def entries(workspace: Workspace, emulator: Emulator) -> list[Entry]:
    """Each environment; none after the embedded AWS was started anew."""
    return [_entry(fact) for fact in _read(workspace, emulator).values()]


def entry(workspace: Workspace, emulator: Emulator, target: Target) -> Entry | None:
    """The environment of a target, in whatever phase it was deployed last; None if it never was."""
    same = (
        one
        for one in entries(workspace, emulator)
        if (one.target.system, one.target.environment) == (target.system, target.environment)
    )
    return next(same, None)


def forget(workspace: Workspace) -> None:
    """Nothing is deployed any more."""
    _file(workspace).unlink(missing_ok=True)


def _entry(fact: dict[str, Any]) -> Entry:
    stacks = tuple(Known(*one) for one in fact.get("stacks", []))
    return Entry(
        **{
            **fact,
            "target": Target(**fact["target"]),
            "assembly": Path(fact["assembly"]),
            "stacks": stacks,
        }
    )


def _read(workspace: Workspace, emulator: Emulator) -> dict[str, dict[str, Any]]:
    try:
        known = json.loads(_file(workspace).read_text())
        return dict(known["environments"]) if known["emulator"] == _name(emulator) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _name(emulator: Emulator) -> str:
    return f"{emulator.process.pid} {emulator.process.started}"


def _file(workspace: Workspace) -> Path:
    return workspace.state / "deployed.json"
