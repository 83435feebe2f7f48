"""A17: ``cambium tenant`` on the embedded AWS."""

import json
from types import SimpleNamespace

import pytest

import config.systems
from ops.embedded import emulator
from ops.outcome import ExitCode
from ops.testing import Command
from ops.workspace import here
from support.embedded_moves import Pool
from support.embedded_tenants import NEW as MADE
from support.embedded_tenants import Region
from support.synthesis import TENANTED

CLINIC = ("--system", "clinic", "--env", "production")
NEW = ("--residency", "EU", "--image", "v1", *CLINIC)


@pytest.fixture
def cambium(monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, which knows Clinic."""
    monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, str(TENANTED)])
    return Command(here())


@pytest.fixture
def on_the_region(cambium: Command, region: Region, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, led to the embedded AWS of these tests instead of the checkout's own."""
    monkeypatch.setattr(emulator, "find", lambda _: SimpleNamespace(url=region.url))
    return cambium


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_tenant_is_made_shown_and_deleted_by_command(on_the_region: Command, region: Region) -> None:
    cambium = on_the_region
    made = cambium("tenant", "create", "by-hand", *NEW)
    assert made.exit_code == 0, made.output
    assert "by-hand is active  by-hand-api.clinic.example" in made.stdout
    region.is_whole("by-hand")

    again = cambium("tenant", "create", "by-hand", *NEW)
    assert again.exit_code == ExitCode.TENANT
    assert "tenant by-hand is there already and active" in again.stderr
    assert "nothing was changed" in again.stderr

    listed = json.loads(cambium("tenant", "list", "--json", *CLINIC).stdout)
    assert "by-hand" in [one["tenant"] for one in listed]
    assert "by-hand" in json.loads(cambium("tenant", "skew", "--json", *CLINIC).stdout)["v1"]
    shown = json.loads(cambium("tenant", "show", "by-hand", "--json", *CLINIC).stdout)
    assert (shown["state"], shown["requested_by"]) == ("active", "cambium")
    assert [one["outcome"] for one in shown["history"]] == ["succeeded"]

    kept = cambium("tenant", "delete", "by-hand", *CLINIC)
    assert kept.exit_code == ExitCode.TENANT
    assert "must be confirmed by its id" in kept.stderr.replace("\n", " ")
    assert cambium("tenant", "delete", "by-hand", "--confirm", "by-hand", *CLINIC).exit_code == 0
    assert region.databases("by-hand") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "nobody", *CLINIC, "--phase", "1"), ExitCode.CONFIGURATION, "has no tenants with a stack"),
        (("show", "nobody", *CLINIC), ExitCode.NOT_RUNNING, "the embedded AWS does not run"),
    ],
)
def test_a17_where_there_are_no_tenants_the_command_says_why(
    cambium: Command,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: ExitCode,
    said: str,
) -> None:
    monkeypatch.setattr(emulator, "find", lambda _: None)
    found = cambium("tenant", *words)
    assert (found.exit_code, said in found.stderr) == (code, True), found.output


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_residency_without_a_region_is_refused_with_those_there_are(on_the_region: Command) -> None:
    found = on_the_region("tenant", "create", "x-1", "--residency", "US", "--image", "v1", *CLINIC)
    assert found.exit_code == ExitCode.USAGE
    assert "--residency must be EU" in found.stderr


@pytest.mark.embedded
@pytest.mark.database
def test_a17_an_organization_is_moved_and_moved_back_by_command(
    on_the_region: Command, region: Region
) -> None:
    pool = Pool(region)
    pool.prepare()
    pool.add("commanded", notes=3, value="7f3a1c52-9d5e-4c0b-8a56-0d7a5a0c1f11")
    unknown = on_the_region("tenant", "move", "nobody-here", "--to", "pool", *CLINIC)
    assert unknown.exit_code == ExitCode.TENANT
    assert "is not in the routing table" in unknown.stderr
    value = ("--tenant-value", pool.values["commanded"])
    with pool.migrating("commanded"):
        moved = on_the_region("tenant", "move", "commanded", "--to", "silo", "--image", "v1", *value, *CLINIC)
    assert moved.exit_code == 0, moved.output
    assert "commanded is active  commanded-api.clinic.example" in moved.stdout
    cleared = on_the_region("tenant", "clear", "commanded", *CLINIC)
    assert "commanded has nothing left in the pool" in cleared.stdout, cleared.output
    other = on_the_region("tenant", "move", "commanded", "--to", "pool", "--tenant-value", "42", *CLINIC)
    assert other.exit_code == ExitCode.TENANT
    assert "tenant_value must be the same, or left out" in " ".join(other.stderr.split())
    back = on_the_region("tenant", "move", "commanded", "--to", "pool", *CLINIC)
    assert back.exit_code == 0, back.output
    shown = json.loads(on_the_region("tenant", "show", "commanded", "--json", *CLINIC).stdout)
    assert (shown["state"], shown["verification"]["rows"]) == ("pooled", 3)
    assert shown["tenant_value"] == pool.values["commanded"]


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_tenant_whose_run_was_stopped_is_shown_as_interrupted(
    on_the_region: Command, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    region.stopped("create", "Announce it", tenant="cut-off", **MADE)
    listed = on_the_region("tenant", "list", *CLINIC).stdout
    assert "creating (interrupted)" in next(line for line in listed.splitlines() if "cut-off" in line)
    shown = on_the_region("tenant", "show", "cut-off", *CLINIC).stdout
    assert "its last run was stopped before its end: start the same again" in shown
    every = json.loads(on_the_region("tenant", "list", "--json", *CLINIC).stdout)
    assert [one["tenant"] for one in every if one.get("interrupted")] == ["cut-off"]

    again = on_the_region("tenant", "create", "cut-off", *NEW)
    assert again.exit_code == 0, again.output
    assert "interrupted" not in on_the_region("tenant", "show", "cut-off", *CLINIC).stdout


@pytest.mark.embedded
@pytest.mark.database
def test_a17_the_fence_of_a_deleted_tenant_is_lifted_by_command(
    on_the_region: Command, region: Region
) -> None:
    pool = Pool(region)
    pool.prepare()
    pool.add("lifted", notes=2)
    with pool.migrating("lifted"):
        moved = on_the_region("tenant", "move", "lifted", "--to", "silo", "--image", "v1", *CLINIC)
    assert moved.exit_code == 0, moved.output
    assert on_the_region("tenant", "clear", "lifted", *CLINIC).exit_code == 0
    assert on_the_region("tenant", "delete", "lifted", "--confirm", "lifted", *CLINIC).exit_code == 0
    assert pool.refuses("lifted")
    cleared = on_the_region("tenant", "clear", "lifted", *CLINIC)
    assert "lifted has nothing left in the pool" in cleared.stdout, cleared.output
    assert not pool.refuses("lifted")
