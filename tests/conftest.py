"""One synthesis per deployment, shared by every test that reads it."""

import os
import runpy

import pytest

from config.system import System
from support.assembly import Assembly
from support.reviewed import use_reviewed
from support.synthesis import NEWCOMER, RESTARTIX, SYNTHS, Synths

use_reviewed()


@pytest.fixture(scope="session")
def synths(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synths:
    """Every synthesis that the collected tests ask for; they run while the first tests do."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "synths"
    folder.mkdir(exist_ok=True)
    asked = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    return Synths(folder, [name for name in SYNTHS if name in asked])


@pytest.fixture(scope="session")
def phase_one(synths: Synths) -> Assembly:
    """RestartiX production in phase 1, on App Runner: what its environment says."""
    return synths["phase_one"]


@pytest.fixture(scope="session")
def phase_two(synths: Synths) -> Assembly:
    """RestartiX production in phase 2, on App Runner."""
    return synths["phase_two"]


@pytest.fixture(scope="session")
def fargate(synths: Synths) -> Assembly:
    """RestartiX production in phase 1, on Fargate."""
    return synths["fargate"]


@pytest.fixture(scope="session")
def fargate_phase_two(synths: Synths) -> Assembly:
    """RestartiX production in phase 2, on Fargate."""
    return synths["fargate_phase_two"]


@pytest.fixture(scope="session")
def notes(synths: Synths) -> Assembly:
    """A system nobody has seen."""
    return synths["notes"]


@pytest.fixture(scope="session")
def notes_system() -> System:
    """What that system is described as."""
    system: System = runpy.run_path(str(NEWCOMER / "notes.py"))["SYSTEM"]
    return system


@pytest.fixture(scope="session")
def unacknowledged_phase_one(synths: Synths) -> Assembly:
    """Phase 1 on App Runner with no finding accepted."""
    return synths["unacknowledged_phase_one"]


@pytest.fixture(scope="session")
def unacknowledged_fargate(synths: Synths) -> Assembly:
    """Phase 2 on Fargate with no finding accepted."""
    return synths["unacknowledged_fargate"]


@pytest.fixture(scope="session")
def restartix(
    phase_one: Assembly, phase_two: Assembly, fargate: Assembly, fargate_phase_two: Assembly
) -> dict[str, Assembly]:
    """Every deployment of RestartiX that the stacks build, by name."""
    return dict(zip(RESTARTIX, (phase_one, phase_two, fargate, fargate_phase_two), strict=True))
