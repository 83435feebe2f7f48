"""One synthesis per deployment, shared by every test that reads it."""

import gc
import os
import runpy
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from config.system import System
from support.assembly import Assembly
from support.distribution import Groups, busy_workers, in_order, is_long, is_nightly
from support.inside import FOLDERS, forget_old, stay_inside
from support.left_out import LeftOut
from support.reviewed import use_reviewed
from support.synthesis import CHATBOT, NEWCOMER, POOLED, RESTARTIX, SYNTHS
from support.synths import Deployments, Synths

# Collecting makes millions of objects that stay: looking through them for garbage takes a second each time.
gc.disable()
# How fast inputs are made is the machine's business, and it is a busy one.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
stay_inside()
use_reviewed()


def pytest_sessionstart() -> None:
    """Begin with a folder for temporary files that does not grow from run to run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        forget_old(FOLDERS["TMPDIR"])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave what is long to ``make test-long``."""
    if is_long(item.nodeid):
        item.add_marker("long")
    if is_nightly(item.nodeid):
        item.add_marker("nightly")


def pytest_xdist_auto_num_workers() -> int:
    """As many workers as keep the cores busy."""
    return busy_workers()


def pytest_configure(config: pytest.Config) -> None:
    """Count what is left out."""
    config.pluginmanager.register(LeftOut(config), "left-out")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes long first."""
    in_order(items)


def pytest_collection_finish() -> None:
    """Look for garbage again, but not among what was collected."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    """Keep together what shares servers."""
    return Groups(config, log)


@pytest.fixture(scope="session")
def synths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synths]:
    """Whatever can be synthesised; it is when a test first asks for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "synths"
    folder.mkdir(exist_ok=True)
    synths = Synths(folder)
    yield synths
    synths.stop()


@pytest.fixture(scope="session")
def deployments(synths: Synths) -> Deployments:
    """Every deployment by name, each synthesised when a test first looks at it."""
    return Deployments(synths)


def fixture_of(name: str) -> object:
    """A fixture called like the deployment."""

    @pytest.fixture(scope="session", name=name)
    def deployment(synths: Synths) -> Assembly:
        return synths[name]

    return deployment


globals().update({name: fixture_of(name) for name in SYNTHS})


@pytest.fixture(scope="session")
def restartix(deployments: Deployments) -> dict[str, Assembly]:
    """Every deployment of RestartiX, by name."""
    return {name: deployments[name] for name in RESTARTIX}


@pytest.fixture(scope="session")
def pooled(deployments: Deployments) -> dict[str, Assembly]:
    """Every deployment of RestartiX behind a pool, by name."""
    return {name: deployments[name] for name in POOLED}


@pytest.fixture(scope="session")
def reptidex(deployments: Deployments) -> dict[str, Assembly]:
    """Both environments of ReptiDex, by name."""
    return {name: deployments[f"reptidex_{name}"] for name in ("dev", "production")}


@pytest.fixture(scope="session")
def chatbot(deployments: Deployments) -> dict[str, Assembly]:
    """Every deployment of the chatbot platform, by name."""
    return {name: deployments[name] for name in CHATBOT}


@pytest.fixture(scope="session")
def notes_system() -> System:
    """A system nobody has seen, as it is described."""
    system: System = runpy.run_path(str(NEWCOMER / "notes.py"))["SYSTEM"]
    return system
