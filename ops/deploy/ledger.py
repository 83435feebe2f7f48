"""Remembers which assemblies were deployed to the embedded AWS that runs now."""

import json
from pathlib import Path

from ops.embedded.emulator import Emulator
from ops.workspace import Workspace


def record(workspace: Workspace, emulator: Emulator, environment: str, assembly: Path) -> None:
    """Note that ``assembly`` is what ``environment`` is now."""
    known = {**_read(workspace, emulator), environment: str(assembly)}
    _file(workspace).write_text(
        json.dumps({"emulator": _name(emulator), "assemblies": known}, indent=2) + "\n"
    )


def assemblies(workspace: Workspace, emulator: Emulator) -> list[Path]:
    """The assembly of each environment; none after the embedded AWS was started anew."""
    return [Path(folder) for folder in _read(workspace, emulator).values()]


def forget(workspace: Workspace) -> None:
    """Nothing is deployed any more."""
    _file(workspace).unlink(missing_ok=True)


def _read(workspace: Workspace, emulator: Emulator) -> dict[str, str]:
    try:
        known = json.loads(_file(workspace).read_text())
        return dict(known["assemblies"]) if known["emulator"] == _name(emulator) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _name(emulator: Emulator) -> str:
    return f"{emulator.process.pid} {emulator.process.started}"


def _file(workspace: Workspace) -> Path:
    return workspace.state / "deployed.json"
