"""What is asked of Docker: a program of that name writes down how it was called."""

import json
import os
from pathlib import Path

import pytest

from host.docker_compose import DockerCompose
from host.failure import HostError
from host.plan import Plan, Service, SmokeTests, Timing
from host.state import Place, State
from host.watch import missing, new_restarts

BACKEND = Service(name="backend", kind="rolling", ports=(18000, 28000))
CELERY = Service(name="celery", kind="worker")
MIGRATE = Service(name="migrate", kind="once")
SMOKE = SmokeTests(
    api_host="api.clinic.test",
    health_path="/health/",
    login_path="/in",
    refresh_path="/again",
    patients_path="/all",
    pages_host="app.clinic.test",
    pages_service="frontend",
    certificate_days=30,
)
PROGRAM = """#!/bin/sh
printf '%s|%s|%s\\n' "$TAG" "$DOCKER_CONFIG" "$*" >>"$CALLS"
case "$*" in
  *login*) cat >>"$CALLS.stdin" ;;
  *"ps --format json backend-blue"*) echo '{"State": "running", "Image": "ghcr.io/x/backend:v1"}' ;;
  *"ps --format json celery"*) echo '{"State": "exited", "Image": "ghcr.io/x/backend:v1"}' ;;
  *"nginx -t"*) [ ! -e "$CALLS.broken" ] || { echo 'unexpected end of file' >&2; exit 1; } ;;
  "image ls"*) printf 'ghcr.io/x/backend:v1\\nghcr.io/x/backend:v0\\nredis:7-alpine\\n' ;;
esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


@pytest.fixture
def docker(tmp_path: Path, calls: Path) -> DockerCompose:
    return DockerCompose(
        plan(),
        file=tmp_path / "compose.yaml",
        login={"username": "octocat", "password": "hush"},
        configuration=tmp_path / "memory",
    )


def plan() -> Plan:
    return Plan(
        system="clinic",
        services=(BACKEND, CELERY, MIGRATE),
        timing=Timing(health=1, poll=1, drain=1, stop=30),
        smoke=SMOKE,
        registry="ghcr.io",
    )


def asked(calls: Path) -> list[str]:
    """Tag and last words of each call."""
    lines = [line.split("|") for line in calls.read_text().splitlines()]
    return [f"{tag} {words.partition('compose.yaml ')[2] or words}" for tag, _, words in lines]


def test_the_password_of_the_registry_is_on_no_command_line(docker: DockerCompose, calls: Path) -> None:
    docker.fetch("v2")

    assert calls.with_suffix(".stdin").read_text() == "hush"
    assert "hush" not in calls.read_text()
    assert asked(calls)[-1] == "v2 pull --quiet --policy missing"


def test_docker_keeps_its_login_in_memory(docker: DockerCompose, calls: Path, tmp_path: Path) -> None:
    docker.fetch("v2")

    assert {line.split("|")[1] for line in calls.read_text().splitlines()} == {str(tmp_path / "memory")}


def test_a_rolling_service_is_started_in_its_slot_alone(docker: DockerCompose, calls: Path) -> None:
    docker.start(BACKEND, "v2", "green")

    assert asked(calls) == ["v2 up --detach --no-deps --pull missing backend-green"]


def test_a_container_is_asked_to_stop_first(docker: DockerCompose, calls: Path) -> None:
    docker.stop(CELERY)

    assert asked(calls) == ["none stop --timeout 30 celery", "none rm --force celery"]


def test_a_migration_runs_in_a_container_of_its_own(docker: DockerCompose, calls: Path) -> None:
    docker.run_once(MIGRATE, "v2")

    assert asked(calls) == ["v2 run --rm --no-deps migrate"]


def test_docker_is_asked_which_release_runs(docker: DockerCompose) -> None:
    assert docker.running(BACKEND, "blue") == "v1"
    assert docker.running(BACKEND, "green") is None
    assert docker.running(CELERY) is None


def test_a_wrong_configuration_never_reaches_the_door(docker: DockerCompose, calls: Path) -> None:
    calls.with_suffix(".broken").touch()

    with pytest.raises(HostError, match="unexpected end of file"):
        docker.reload_door()
    assert "-s reload" not in calls.read_text()


def test_old_images_of_ours_go_and_those_of_others_stay(docker: DockerCompose, calls: Path) -> None:
    docker.tidy(["v1"])

    assert [line.split()[-1] for line in asked(calls) if "image rm" in line] == ["ghcr.io/x/backend:v0"]


def test_what_does_not_run_is_counted(docker: DockerCompose) -> None:
    live = State(live=Place(slot="blue", release="v1"))

    assert missing(plan(), docker, live) == ["celery"]
    assert missing(plan(), docker, State(live=Place(slot="green", release="v1"))) == ["celery", "backend"]


def test_restarts_are_counted_once(tmp_path: Path) -> None:
    memory = tmp_path / "restarts.json"

    counted = [new_restarts(now, memory) for now in ({"a": 2}, {"a": 3}, {"a": 3, "b": 1}, {"b": 1})]

    assert counted == [0, 1, 1, 0]
    assert json.loads(memory.read_text()) == {"b": 1}
