"""A deployment of Clinic as the commands have written it down, whose embedded AWS tests have started."""

import os

from ops.assembly.target import Target
from ops.deploy import ledger
from ops.embedded import processes
from ops.embedded.emulator import Emulator
from ops.workspace import Workspace


def stand_in(url: str) -> Emulator:
    """The embedded AWS at this address, as the one of a checkout."""
    known = processes.identity(os.getpid())
    assert known is not None
    return Emulator(known, int(url.rpartition(":")[2]), "now")


def write_down(workspace: Workspace, running: Emulator, *, phase: int) -> None:
    """Note that Clinic was deployed to it in a phase."""
    target = Target("clinic", "production", phase)
    there = target.resolve()
    workspace.state.mkdir(exist_ok=True)
    entry = ledger.Entry(target, there.phase, there.phase_title, there.platform, workspace.state)
    ledger.record(workspace, running, entry)
