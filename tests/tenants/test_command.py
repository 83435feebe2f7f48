"""A17: ``cambium tenant`` on the embedded AWS."""

import getpass
import json
import signal
import threading

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from ops.commands.tenant import tenant as tenant_commands
from ops.embedded import emulator
from ops.outcome import ExitCode, OperatorError
from ops.tenants.advice import Advice
from ops.tenants.run import Run
from ops.testing import Command
from support.embedded_moves import Pool
from support.embedded_tenants import NEW as MADE
from support.embedded_tenants import Region
from support.written_down import stand_in, write_down

CLINIC = ("--system", "clinic", "--env", "production")
NEW = ("--residency", "EU", "--image", "v1", *CLINIC)


@pytest.fixture
def on_the_region(knows_clinic: None, region: Region, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, led to the embedded AWS of these tests instead of the checkout's own."""
    running = stand_in(region.url)
    monkeypatch.setattr(emulator, "find", lambda _: running)
    write_down(region.workspace, running, phase=2)
    return Command(region.workspace)


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
    assert "cambium tenant update by-hand --system clinic --env production gives it" in again.stderr

    assert "by-hand-api.clinic.example" in cambium("tenant", "list", *CLINIC).stdout
    with region.led_to("by-hand", "made-anew.example"):
        shown = cambium("tenant", "show", "by-hand", *CLINIC).stdout
    assert "made-anew.example" in shown, "App Runner gives a service that is made anew another address"
    listed = json.loads(cambium("tenant", "list", "--json", *CLINIC).stdout)
    assert "by-hand" in [one["tenant"] for one in listed]
    assert "by-hand" in json.loads(cambium("tenant", "skew", "--json", *CLINIC).stdout)["v1"]
    shown = json.loads(cambium("tenant", "show", "by-hand", "--json", *CLINIC).stdout)
    assert (shown["state"], shown["requested_by"]) == ("active", getpass.getuser())
    assert [one["outcome"] for one in shown["history"]] == ["succeeded"]

    kept = cambium("tenant", "delete", "by-hand", *CLINIC)
    assert kept.exit_code == ExitCode.TENANT
    assert "must be confirmed by its id" in kept.stderr.replace("\n", " ")
    assert "cambium tenant delete by-hand --system clinic --env production --confirm by-hand" in kept.stderr
    assert cambium("tenant", "delete", "by-hand", "--confirm", "by-hand", *CLINIC).exit_code == 0
    assert region.databases("by-hand") == []


@pytest.mark.embedded
@pytest.mark.database
def test_a17_each_verb_is_run_as_a_command(on_the_region: Command, region: Region) -> None:
    pool, done = Pool(region), set[str]()
    pool.prepare()
    pool.add("versed", notes=2)

    def cambium(verb: str, *words: str) -> str:
        done.add(verb)
        found = on_the_region("tenant", verb, *words, *CLINIC)
        assert found.exit_code == 0, found.output
        return found.stdout

    with pool.migrating("versed"):
        cambium("move", "versed", "--to", "silo", "--image", "v1")
    cambium("clear", "versed")
    changed = cambium("update", "versed", "--size", "xlarge", "--requested-by", "Ada")
    assert "size xlarge instead of large, image v1" in changed
    assert "all active tenants in eu run v2" in cambium("wave", "--image", "v2", "--canary", "versed")
    assert "versed" in json.loads(cambium("skew", "--json"))["v2"]
    region.is_whole("versed", size="xlarge", image="v2")
    assert cambium("suspend", "versed").splitlines()[0] == "versed is suspended"
    assert "versed is active  versed-api.clinic.example" in cambium("resume", "versed")
    assert "size xlarge, image v1" in cambium("create", "newly", *NEW[:4], "--size", "xlarge")
    for name in ("versed", "newly"):
        assert f"{name} is deleted" in cambium("delete", name, "--confirm", name)
    (line,) = (one for one in cambium("list").splitlines() if "versed" in one)
    assert "api.clinic.example" not in line, "nobody answers there any more"
    shown = cambium("show", "versed")
    assert "asked for by Ada" in shown
    assert "sha256" in shown.partition("certificate of what is left")[2], "who left may be handed it"

    group = get_command(tenant_commands)
    assert isinstance(group, TyperGroup)
    assert done == set(group.commands)


@pytest.mark.embedded
@pytest.mark.database
def test_a17_who_waits_no_longer_is_told_that_the_run_goes_on(on_the_region: Command, region: Region) -> None:
    def interrupt() -> None:
        region.until(lambda: region.known("unwatched").get("operation"))
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    waiting = threading.Thread(target=interrupt)
    # Processes that run tests beside each other ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        waiting.start()
        found = on_the_region("tenant", "create", "unwatched", *NEW)
        waiting.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert found.exit_code == ExitCode.INTERRUPTED
    assert "the run goes on by itself" in found.stderr
    run = next(word for word in found.stderr.split() if word.startswith("arn:"))
    assert f"cambium tenant show unwatched {' '.join(CLINIC)} says how it ended" in found.stderr
    assert region.end(run)["status"] == "SUCCEEDED"
    region.is_whole("unwatched")
    region.run("delete", tenant="unwatched", confirm="unwatched")


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_run_that_somebody_stops_meanwhile_is_told_as_stopped(region: Region) -> None:
    states = region.client("stepfunctions")
    told = {"tenant": "halted", **MADE}
    advice = Advice(operation="create", told=told, options=" ".join(CLINIC), known=dict)
    with region.held("create", "Announce it") as second:
        run = Run.start(states, region.machine(second), "create", told, advice)
        stop = threading.Timer(1, states.stop_execution, kwargs={"executionArn": run.arn, "cause": "by hand"})
        stop.start()
        with pytest.raises(OperatorError) as stopped:
            run.finish(lambda _: None)
    assert stopped.value.message == "the run was stopped before its end: by hand"
    assert "run this again" in stopped.value.hint
    assert f"cambium tenant show halted {' '.join(CLINIC)}" in stopped.value.hint
    region.run("delete", tenant="halted", confirm="halted")


@pytest.mark.embedded
@pytest.mark.database
def test_a17_who_asks_must_fit_into_what_is_written_down(on_the_region: Command) -> None:
    found = on_the_region("tenant", "suspend", "nobody", "--requested-by", "x" * 201, *CLINIC)
    assert found.exit_code == ExitCode.TENANT
    assert "--requested-by must be who asks, in 1 to 200 characters, got 201" in found.stderr


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_residency_without_a_region_is_refused_with_those_there_are(on_the_region: Command) -> None:
    found = on_the_region("tenant", "create", "x-1", "--residency", "US", "--image", "v1", *CLINIC)
    assert found.exit_code == ExitCode.TENANT
    assert "--residency must be EU" in found.stderr
    assert "next   nothing was started" in found.stderr


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
    whole = on_the_region("tenant", "show", "cut-off", *CLINIC).stdout
    assert "interrupted" not in whole
    assert [line.split()[1:3] for line in whole.partition("What was done with it\n")[2].splitlines()] == [
        ["create", "stopped"],
        ["create", "succeeded"],
    ]


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
