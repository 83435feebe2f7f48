"""One synthesis per deployment, shared by every test that reads it."""

import os
import runpy

import pytest

from config.system import System
from support.assembly import Assembly
from support.inside import FOLDERS, forget_old, stay_inside
from support.reviewed import use_reviewed
from support.synthesis import NEWCOMER, POOLED, REPTIDEX, RESTARTIX, SYNTHS, Synths

stay_inside()
use_reviewed()


def pytest_sessionstart() -> None:
    """Begin with a folder for temporary files that does not grow from run to run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        forget_old(FOLDERS["TMPDIR"])


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
def pooled_staging(synths: Synths) -> Assembly:
    """RestartiX on Fargate with a connection pool: staging, on Aurora Serverless."""
    return synths["pooled_staging"]


@pytest.fixture(scope="session")
def pooled_production(synths: Synths) -> Assembly:
    """RestartiX on Fargate with a connection pool: production in phase 1."""
    return synths["pooled_production"]


@pytest.fixture(scope="session")
def pooled_phase_two(synths: Synths) -> Assembly:
    """RestartiX on Fargate with a connection pool: production in phase 2."""
    return synths["pooled_phase_two"]


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
def unacknowledged_staging(synths: Synths) -> Assembly:
    """Staging behind a pool, with no finding accepted."""
    return synths["unacknowledged_staging"]


@pytest.fixture(scope="session")
def unacknowledged_pooled(synths: Synths) -> Assembly:
    """Phase 2 behind a pool, with no finding accepted."""
    return synths["unacknowledged_pooled"]


@pytest.fixture(scope="session")
def restartix(
    phase_one: Assembly, phase_two: Assembly, fargate: Assembly, fargate_phase_two: Assembly
) -> dict[str, Assembly]:
    """Every deployment of RestartiX that the stacks build, by name."""
    return dict(zip(RESTARTIX, (phase_one, phase_two, fargate, fargate_phase_two), strict=True))


@pytest.fixture(scope="session")
def pooled(
    pooled_staging: Assembly, pooled_production: Assembly, pooled_phase_two: Assembly
) -> dict[str, Assembly]:
    """Every deployment of RestartiX behind a pool, by name."""
    return dict(zip(POOLED, (pooled_staging, pooled_production, pooled_phase_two), strict=True))


@pytest.fixture(scope="session")
def reptidex_dev(synths: Synths) -> Assembly:
    """ReptiDex in development."""
    return synths["reptidex_dev"]


@pytest.fixture(scope="session")
def reptidex_production(synths: Synths) -> Assembly:
    """ReptiDex in production, as it is launched."""
    return synths["reptidex_production"]


@pytest.fixture(scope="session")
def reptidex_grown(synths: Synths) -> Assembly:
    """ReptiDex in production, one phase later."""
    return synths["reptidex_grown"]


@pytest.fixture(scope="session")
def reptidex_dev_unaccepted(synths: Synths) -> Assembly:
    """ReptiDex in development, with no finding accepted."""
    return synths["reptidex_dev_unaccepted"]


@pytest.fixture(scope="session")
def reptidex_production_unaccepted(synths: Synths) -> Assembly:
    """ReptiDex in production, with no finding accepted."""
    return synths["reptidex_production_unaccepted"]


@pytest.fixture(scope="session")
def reptidex(reptidex_dev: Assembly, reptidex_production: Assembly) -> dict[str, Assembly]:
    """Both environments of ReptiDex, by name."""
    return {"dev": reptidex_dev, "production": reptidex_production}


@pytest.fixture(scope="session")
def deployments(
    restartix: dict[str, Assembly],
    pooled: dict[str, Assembly],
    reptidex: dict[str, Assembly],
    reptidex_grown: Assembly,
    notes: Assembly,
) -> dict[str, Assembly]:
    """Every deployment that the stacks build, by name."""
    three = (*reptidex.values(), reptidex_grown)
    return {**restartix, **pooled, **dict(zip(REPTIDEX, three, strict=True)), "notes": notes}
