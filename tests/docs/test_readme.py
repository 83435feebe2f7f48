"""What the README shows is what there is."""

from pathlib import Path

import pytest

from config.catalog import load_system, system_names
from config.values import ConfigError

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
NEWCOMER = ROOT / "tests" / "config" / "newcomer" / "notes.py"


def test_a_product_of_ones_own_is_the_file_a_test_builds_in_under_40_lines() -> None:
    source = NEWCOMER.read_text()

    assert f"```python\n{source}```" in README
    assert len(source.splitlines()) < 40


def test_every_system_environment_and_phase_is_in_the_table() -> None:
    for name in system_names():
        system = load_system(name)
        (row,) = [line for line in README.splitlines() if line.startswith(f"| `{name}` |")]
        assert all(f"`{environment.name}`" in row for environment in system.environments)
        assert all(f"{number}: {phase.title}" in row for number, phase in enumerate(system.phases, start=1))


def test_the_refusal_it_quotes_is_the_one_that_is_given() -> None:
    described = load_system("restartix")
    core, telemetry = described.services
    larger = telemetry.model_copy(update={"database_pool": 15})

    with pytest.raises(ConfigError) as refused:
        described.model_copy(update={"services": (core, larger)}).resolve("production")

    assert " ".join(str(refused.value).split()) in " ".join(README.split())
