"""A product of somebody's own is one new file, and nothing else changes."""

from pathlib import Path

import pytest

from config.catalog import load_system, system_names

FILE = Path(__file__).parent / "newcomer" / "notes.py"

pytestmark = pytest.mark.usefixtures("newcomer")


def test_is_one_short_file() -> None:
    assert len(FILE.read_text().splitlines()) < 40


def test_is_found_by_its_file_name() -> None:
    assert {"notes", "restartix"} <= set(system_names())


def test_resolves_in_its_own_region() -> None:
    deployment = load_system("notes").resolve("production")

    assert deployment.home.name == "eu-north-1"
    assert deployment.stack_name("data", deployment.home, deployment.home.shards[0]) == (
        "notes-production-se-1-data"
    )


def test_needs_no_cache() -> None:
    deployment = load_system("notes").resolve("production")

    assert deployment.cache is None
    assert "cache" not in {rule.target for rule in deployment.access}


def test_grows_by_what_its_phase_says() -> None:
    grown = load_system("notes").resolve("production", 2)

    assert grown.services[0].scaling.max == 4
    assert grown.services[0].scaling.concurrency == 100
    assert grown.database == load_system("notes").database
