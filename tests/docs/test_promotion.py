"""D12: production is given the very images that dev was, and after dev: the example, with stand-ins."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.markdown import ROOT
from support.assembly import Assembly

SCRIPT = ROOT / "examples" / "application-release.sh"
BUILT = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:migrations"

AWS = """#!/usr/bin/env python3
import json, os, pathlib, sys
place = pathlib.Path(os.environ["STATE"]); state = json.loads(place.read_text())
words = sys.argv[1:]
def after(name): return words[words.index(name) + 1]
tags = state["tags"].setdefault(after("--repository-name"), {}) if "--repository-name" in words else {}
match words[:2]:
    case ["ecr", "batch-get-image"]:
        found = tags.get(after("--image-ids").partition("=")[2])
        print(found or "None")
    case ["ecr", "put-image"]:
        tags[after("--image-tag")] = after("--image-manifest")
        state["done"].append("latest " + after("--repository-name"))
    case ["stepfunctions", "start-execution"]:
        state["done"].append("migrate"); print("arn:run")
    case ["stepfunctions", "describe-execution"]:
        print(state["migration"])
    case ["ecs", "update-service"]:
        state["done"].append("roll out " + after("--service")); print("ecs-svc/new")
    case ["ecs", "describe-services"]:
        print(state["primary"])
place.write_text(json.dumps(state))
"""
SKOPEO = """#!/usr/bin/env python3
import json, os, pathlib, sys
place = pathlib.Path(os.environ["STATE"]); state = json.loads(place.read_text())
assert sys.argv[1:3] == ["copy", "--preserve-digests"], sys.argv
name, _, tag = sys.argv[4].rpartition("/")[2].partition(":")
state["tags"].setdefault(name, {})[tag] = state["arrives"]
state["done"].append("push " + name)
place.write_text(json.dumps(state))
"""
"""Here the manifest of an image is its digest."""


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., tuple[int, str, list[str]]]:
    """Runs the script with stand-ins for ``aws`` and ``skopeo``: exit code, words, and what it did."""
    for name, text in (("aws", AWS), ("skopeo", SKOPEO)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "images").mkdir()
    for service in ("shop-api", "shop-web"):
        (tmp_path / "images" / f"{service}.digest").write_text(f"{BUILT}\n")
    first = {"tags": {}, "done": [], "arrives": BUILT, "migration": "SUCCEEDED", "primary": "ecs-svc/new"}

    def run(*, cluster: str = "shop", **state: Any) -> tuple[int, str, list[str]]:
        place = tmp_path / "state.json"
        place.write_text(json.dumps({**first, **state}))
        told = {"REGISTRY": "registry.example", "COMMIT": COMMIT, "SERVICES": "shop-api shop-web"}
        told |= {"CLUSTER": cluster, "MIGRATIONS": MACHINE, "MIGRATES": "shop-api", "POLL_SECONDS": "0"}
        path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
        ended = subprocess.run(
            [shutil.which("bash") or "bash", str(SCRIPT)],
            cwd=tmp_path,
            env={**told, "PATH": path, "STATE": str(place)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return ended.returncode, ended.stdout + ended.stderr, json.loads(place.read_text())["done"]

    return run


Release = Callable[..., tuple[int, str, list[str]]]


def test_d12_images_come_first_then_migrations_then_services(release: Release) -> None:
    code, said, done = release()

    assert code == 0, said
    assert done == [
        *("push shop-api", "push shop-web"),
        *("latest shop-api", "migrate"),
        *("roll out shop-api", "latest shop-web", "roll out shop-web"),
    ]


def test_d12_another_image_than_the_one_that_was_built_is_not_released(release: Release) -> None:
    code, said, done = release(arrives=OTHER)

    assert code == 1
    assert f"shop-api:{COMMIT} is {OTHER} here, and {BUILT} was built: nothing is released" in said
    assert done == ["push shop-api"]


def test_d12_an_image_that_was_put_under_the_commit_before_is_not_released(release: Release) -> None:
    code, said, done = release(tags={"shop-web": {COMMIT: OTHER}})

    assert code == 1
    assert "shop-web" in said
    assert done == ["push shop-api"]


def test_d12_a_second_run_pushes_nothing_again(release: Release) -> None:
    there = {COMMIT: BUILT, "latest": BUILT}
    code, said, done = release(tags={"shop-api": there, "shop-web": there})

    assert code == 0, said
    assert done == ["migrate", "roll out shop-api", "roll out shop-web"]


def test_d12_no_service_follows_a_migration_that_failed(release: Release) -> None:
    code, said, done = release(migration="FAILED")

    assert code == 1
    assert "arn:run ended as FAILED" in said
    assert done[-1] == "migrate"


def test_d12_a_release_that_ecs_took_back_is_red(release: Release) -> None:
    code, said, done = release(primary="ecs-svc/old")

    assert code == 1
    assert "ECS took the release of shop-api back" in said
    assert done[-1] == "roll out shop-api"


def test_before_the_first_deploy_images_are_only_made_latest(release: Release) -> None:
    code, said, done = release(cluster="")

    assert code == 0, said
    assert done == ["push shop-api", "push shop-web", "latest shop-api", "latest shop-web"]


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "application-promotion.yml").read_text())
    return loaded


def test_d12_production_waits_for_dev_and_for_its_approval(workflow: dict[str, Any]) -> None:
    jobs = workflow["jobs"]

    assert (jobs["dev"]["needs"], jobs["production"]["needs"]) == ("build", "dev")
    # Reviewers are those of the GitHub environment.
    assert (jobs["dev"]["environment"], jobs["production"]["environment"]) == ("dev", "production")
    assert jobs["dev"]["steps"] == jobs["production"]["steps"]


def test_d12_only_one_job_builds_and_it_can_reach_no_account(workflow: dict[str, Any]) -> None:
    builds = [name for name, job in workflow["jobs"].items() if "docker buildx build" in json.dumps(job)]

    assert builds == ["build"]
    assert workflow["jobs"]["build"]["permissions"] == {"contents": "read"}


def test_d12_each_repository_of_the_product_is_built_and_released(
    workflow: dict[str, Any], chatbot_production: Assembly
) -> None:
    repositories = {one["RepositoryName"] for one in chatbot_production.of_type("AWS::ECR::Repository")}

    assert set(workflow["jobs"]["build"]["strategy"]["matrix"]["service"]) == repositories
    assert set(workflow["env"]["SERVICES"].split()) == repositories


def test_d12_a_service_is_released_after_those_it_calls(workflow: dict[str, Any]) -> None:
    order = workflow["env"]["SERVICES"].split()

    for caller, called in (("frontend", "backend"), ("backend", "chatbot-api"), ("ai-worker", "chatbot-api")):
        assert order.index(f"chatbot-{called}") < order.index(f"chatbot-{caller}")
