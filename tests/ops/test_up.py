"""What ``cambium up`` promises, on the real embedded AWS with the real CDK CLI."""

import json
import os

import pytest

from ops.embedded import emulator, processes
from ops.outcome import ExitCode
from ops.testing import Checkout
from support.interruption import FIRST_MOMENTS, LAST_MOMENT, Moment, kill_at, logged

pytestmark = pytest.mark.embedded

UP = ("up", "--system", "toy", "--env", "test")
MOMENTS = (
    *FIRST_MOMENTS,
    Moment("deploy", logged("toy-test-ie-network: deploying")),
    LAST_MOMENT,
)


@pytest.mark.long
def test_a_run_killed_in_any_step_is_repaired_by_running_it_again(toy: Checkout) -> None:
    for moment in MOMENTS:
        kill_at(moment, toy, UP)

    code, output = toy.run(*UP)

    assert code == ExitCode.OK, output
    assert "as described" in output


def cpu_seconds_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def test_a_second_run_changes_nothing_and_says_so(toy: Checkout) -> None:
    toy.run(*UP)
    began = cpu_seconds_of_children()

    code, output = toy.run(*UP)

    assert cpu_seconds_of_children() - began < 4  # takes about 1; seconds on the clock are the machine's
    assert code == ExitCode.OK
    assert "no changes" in output
    assert json.loads(toy.run("status", "--json")[1])["stacks"][0]["up_to_date"]
    status = toy.run("status")[1]
    assert "toy test, phase 1" in status
    assert "seconds" not in status
    assert ".venv/bin/cambium up --system toy --env test" in status
    assert "unchanged, 2 stacks" in output


def test_the_report_shows_what_exists_and_what_is_left_to_do(toy: Checkout) -> None:
    _, output = toy.run(*UP)

    assert "https://toy.example.com" in output
    assert "the internet" in output
    assert "the example's dashboard" in output
    assert ".venv/bin/cambium set-secret --system toy --env test --secret web --key API_KEY" in output
    assert all(len(line) <= 100 for line in output.splitlines())


@pytest.mark.long
def test_the_next_phase_can_be_deployed_and_what_is_left_of_it_is_shown(toy: Checkout) -> None:
    toy.run(*UP)

    code, output = toy.run("diff", "--system", "toy", "--env", "test", "--phase", "2", "--fail")

    assert code == ExitCode.DIFFERENT
    assert "VisibilityTimeout" in output
    code, output = toy.run(*UP, "--phase", "2")
    assert code == ExitCode.OK
    assert "update complete" in output
    assert "set-secret --system toy --env test --secret web" in output
    assert "Left of another phase" not in output
    code, output = toy.run(*UP)
    assert code == ExitCode.OK
    for shown in (output, toy.run("status")[1]):
        assert "toy-test-ie-2-compute" in shown
        assert "create complete, not in phase 1" in shown
    told = json.loads(toy.run("status", "--json")[1])
    assert [one["name"] for one in told["outside"]] == ["toy-test-ie-2-compute"]
    assert "toy-test-ie-2-compute" not in [one["name"] for one in told["stacks"]]


@pytest.mark.long
@pytest.mark.parametrize(
    ("planted", "refused", "what"),
    [
        (
            "disk",
            "AWS would refuse 1 change, so nothing was deployed",
            "toy-test-ie-1-compute Disk: a volume never shrinks: 20 to 10 GiB",
        ),
        (
            "bucket",
            "phase 1 has no use for 1 stack with data of phase 2, so nothing was deployed",
            "toy-test-ie-2-compute: every object of the bucket",
        ),
    ],
)
def test_a_smaller_phase_is_refused_before_anything_happens_where_data_would_not_fit_or_be_used(
    toy: Checkout, planted: str, refused: str, what: str
) -> None:
    data = toy.workspace.root / "runtime" / planted
    data.parent.mkdir(exist_ok=True)
    data.touch()
    assert toy.run(*UP, "--phase", "2")[0] == ExitCode.OK

    code, output = toy.run(*UP)

    assert code == ExitCode.REFUSED, output
    assert refused in output
    assert what in output
    assert "to stay with what is there, .venv/bin/cambium up --system toy --env test --phase 2" in output
    assert "make down, then this again" in output.replace("\n", " ")
    assert toy.run("status")[0] == ExitCode.OK
    data.unlink()
    # The same without it may go back.
    assert toy.run(*UP, "--phase", "2")[0] == ExitCode.OK
    assert toy.run(*UP)[0] == ExitCode.OK


@pytest.mark.long
def test_a_system_that_is_not_deployed_has_nothing_to_grow_from(toy: Checkout) -> None:
    toy.run(*UP)

    code, output = toy.run("grow", "--system", "restartix-fargate", "--env", "production", "--to", "2")

    assert code == ExitCode.NOT_RUNNING
    assert (
        "restartix-fargate-production-eu-1-data is not deployed, so there is nothing to grow from" in output
    )
    assert (
        "deploy phase 1: .venv/bin/cambium up --system restartix-fargate --env production --phase 1" in output
    )


def test_a_key_set_by_a_person_leaves_the_list_of_things_to_do(toy: Checkout) -> None:
    toy.run(*UP)
    words = ("--secret", "web", "--key", "API_KEY")
    _, said = toy.run("set-secret", *UP[1:], *words, stdin="kept-to-myself\n")

    code, output = toy.run(*UP)

    assert code == ExitCode.OK
    assert "Secrets still to fill in" not in output
    assert "kept-to-myself" not in said + output


def test_down_leaves_nothing_running_and_nothing_on_disk(toy: Checkout) -> None:
    toy.run(*UP)
    running = emulator.find(toy.workspace)
    assert running is not None

    code, _ = toy.run("down")

    assert code == ExitCode.OK
    assert not processes.is_same(running.process)
    assert not emulator.answers(running.port)
    assert not processes.mentioning(str(toy.workspace.root))
    assert not toy.workspace.emulator_state.exists()
    assert not toy.workspace.emulator_data.exists()
    assert toy.run("status")[0] == ExitCode.NOT_RUNNING


@pytest.mark.long
def test_a_failed_first_deploy_names_the_resource_and_is_repaired_once_the_cause_is_gone(
    toy: Checkout,
) -> None:
    toy.run("down")
    broken = toy.workspace.root / "runtime" / "broken"
    broken.parent.mkdir(exist_ok=True)
    broken.touch()

    code, output = toy.run(*UP)

    assert code == ExitCode.DEPLOYMENT, output
    assert "Custom::Broken" in output
    assert "not found" in output
    assert str(toy.workspace.deploy_log) in output.replace("\n", "")
    broken.unlink()
    code, output = toy.run(*UP)
    assert code == ExitCode.OK, output


def test_a_door_that_nobody_asked_for_is_found_in_the_templates_and_in_what_exists(toy: Checkout) -> None:
    door = toy.workspace.root / "runtime" / "door"
    door.parent.mkdir(exist_ok=True)
    door.touch()

    code, output = toy.run(*UP)

    door.unlink()
    found = "not in the access rules: internet -> compute:22 (way into compute)"
    assert code == ExitCode.VERIFICATION, output
    assert f"eu-west-1: {found}" in output
    assert f"templates: {found}" in output
    assert toy.run(*UP)[0] == ExitCode.OK


def test_the_state_of_another_process_is_not_mistaken_for_ours(toy: Checkout) -> None:
    toy.run(*UP)
    running = emulator.find(toy.workspace)
    assert running is not None
    state = toy.workspace.emulator_state.read_text()
    toy.workspace.emulator_state.write_text(state.replace(str(running.process.pid), str(os.getpid())))

    assert emulator.find(toy.workspace) is None
    code, output = toy.run("down")

    assert code == ExitCode.OK, output
    assert not processes.is_same(running.process)
