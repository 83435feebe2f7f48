"""What the JavaScript app is told is the configuration, and enough of it."""

import json
from pathlib import Path

import pytest

from bench import description
from bench.apps.staged import STAGES
from bench.programs import JAVASCRIPT_STAGES, programs
from config.catalog import load_system
from ops.workspace import here

STAGE_FILE = here().root / "bench" / "javascript" / "stage.js"


@pytest.fixture
def described(tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "description.json"
    description.write(path, "restartix", "production")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_has_every_connection_and_every_subnet(described: dict[str, object]) -> None:
    deployment = load_system("restartix").resolve("production", None)

    assert described["access"] == [rule.model_dump() for rule in deployment.access]
    assert len(list(deployment.network.subnets())) == len(described["subnets"])  # type: ignore[arg-type]


def test_has_what_the_database_parameters_are_computed_from(described: dict[str, object]) -> None:
    database = described["database"]

    assert isinstance(database, dict)
    assert {"shared_buffers_mib", "effective_cache_size_mib", "maintenance_work_mem_mib"} <= database.keys()


def test_both_apps_know_the_same_stages() -> None:
    assert str(list(JAVASCRIPT_STAGES)) in STAGE_FILE.read_text()


def test_each_stage_is_measured_in_every_language_that_has_it(tmp_path: Path) -> None:
    names = [program.name for program in programs(here(), tmp_path)]

    assert len(names) == len(set(names)) == len(STAGES) + len(JAVASCRIPT_STAGES) + 4
