"""What the README shows is what there is."""

import re
from pathlib import Path

import pytest

from config.catalog import load_system, system_names
from config.operator_keys import operator_keys
from config.service import DatabaseUrl
from config.values import ConfigError
from ops.assembly import manifest
from ops.report.wording import peer
from support.assembly import Assembly

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
NEWCOMER = ROOT / "tests" / "config" / "newcomer" / "notes.py"


def test_a_product_of_ones_own_is_the_file_a_test_builds_in_under_40_lines() -> None:
    source = NEWCOMER.read_text()

    assert f"```python\n{source}```" in README
    assert len(source.splitlines()) < 40


def test_every_system_environment_and_phase_is_in_the_table() -> None:
    rows = {
        line.split("`")[1]: line
        for line in README.splitlines()
        if line.startswith("| `") and "phase" not in line
    }
    listed = [name for name in system_names() if name in rows]
    assert listed, "the table of systems is gone"
    for name in listed:
        system, row = load_system(name), rows[name]
        assert all(f"`{environment.name}`" in row for environment in system.environments)
        assert all(f"{number}: {phase.title}" in row for number, phase in enumerate(system.phases, start=1))


def test_the_refusal_it_quotes_is_the_one_that_is_given() -> None:
    described = load_system("restartix")
    core, telemetry = described.services
    larger = telemetry.model_copy(update={"database_pool": 15})

    with pytest.raises(ConfigError) as refused:
        described.model_copy(update={"services": (core, larger)}).resolve("production")

    assert " ".join(str(refused.value).split()) in " ".join(README.split())


@pytest.fixture(scope="module")
def shown() -> str:
    """What the README says that ``make up`` prints."""
    blocks = re.findall(r"^```(?:\w*)\n(.*?)^```$", README, re.M | re.S)
    (block,) = [block for block in blocks if "[6/6]" in block]
    return str(block)


def test_the_numbers_make_up_shows_are_those_of_the_templates(shown: str, phase_one: Assembly) -> None:
    deployment = load_system("restartix").resolve("production")
    urls = [
        key
        for service in deployment.services
        for key in deployment.secrets_of(service)
        if isinstance(service.secrets[key], DatabaseUrl)
    ]
    stacks, resources = len(phase_one.stacks), len(phase_one.resources)

    assert re.findall(r"(\d+) stacks\b", shown) == [str(stacks)] * 2
    assert f"{resources} resources, {len(urls)} database logins: as described" in shown
    assert f"phase {deployment.phase}, {deployment.platform}, {deployment.home.name}" in shown


def test_the_stacks_make_up_shows_are_the_first_of_all(shown: str, phase_one: Assembly) -> None:
    names = [stack.name for stack in manifest.read(phase_one.folder).stacks]
    listed = re.findall(r"^ {6}(\S+) +deployed ", shown, re.M)
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    (more,) = re.findall(r"^ {6}\.\.\. (\w+) more$", shown, re.M)

    assert set(listed) <= set(names)
    assert len(listed) + numbers.index(more) == len(names)
    regions = sorted({stack.place.region for stack in phase_one.stacks.values()})
    assert re.search(rf"\[4/6\] bootstrap +{', '.join(regions)} ", shown)


def test_the_tables_make_up_shows_are_those_of_the_model(shown: str) -> None:
    deployment = load_system("restartix").resolve("production")
    lines = [" ".join(line.split()) for line in shown.splitlines()]

    for rule in deployment.access:
        words = f"{peer(rule.source)} {peer(rule.target)} {rule.port} {rule.why} {deployment.home.name}"
        assert words in lines
    assert len([line for line in lines if line.endswith(f" {deployment.home.name}")]) == len(
        deployment.access
    )
    for service in deployment.services:
        for key, source in service.secrets.items():
            if isinstance(source, DatabaseUrl) and deployment.database is not None:
                assert f"{service.name} {key} {source.role} {deployment.database.name} yes" in lines
    keys = next(iter(operator_keys(deployment)))
    key, where = next(iter(keys.where.items()))
    assert f"{keys.secret} {key} {where}" in lines
