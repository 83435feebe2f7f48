"""What the delivery workflows ask for is what the pinned CDK CLI understands and the roles allow."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from cambium.migration_runner import LONGEST_MINUTES
from docs.markdown import ROOT
from support.assembly import Assembly

NODE = ROOT / ".venv/bin/node"
CDK = ROOT / "node_modules/aws-cdk/bin/cdk"
HOLD_DATA = {"data", "storage", "network", "recovery", "audit", "delivery"}
GUARDED = HOLD_DATA | {"pool"}
"""The door of a pool holds nothing, but every running service has its address."""
ALARMS = [f"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:{name}" for name in ("one", "two", "three")]


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return loaded


def step(name: str, job: str, title: str) -> dict[str, Any]:
    (found,) = [one for one in workflow(name)["jobs"][job]["steps"] if one.get("name") == title]
    return dict(found)


def example() -> dict[str, Any]:
    """The workflow for the repository of the application."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "application-deploy.yml").read_text())
    return loaded


def released(job: str, title: str) -> dict[str, Any]:
    """A step of it."""
    (found,) = [one for one in example()["jobs"][job]["steps"] if one.get("name") == title]
    return dict(found)


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the real CLI made of each command line of the step that deploys; it finds nothing to deploy."""
    return told(
        "Deploy",
        tmp_path_factory.mktemp("deploy"),
        ALARMS=" ".join(ALARMS),
        MINUTES="7",
        APPROVAL="destructive",
    )


def told(title: str, tmp_path: Path, **given: str) -> list[str]:
    """Each command line of a step of the deploy job, as the real CLI understood it."""
    tools = tmp_path / "node_modules" / ".bin"
    tools.mkdir(parents=True)
    said = tmp_path / "said"
    # The CLI tells its arguments before it looks for the assembly, which is empty here.
    call = f'"{NODE}" "{CDK}" "$@" --verbose --no-color >>"{said}" 2>&1'
    script = f'#!/bin/sh\n{call}\necho "{{}}" >outputs.json\n'
    (tools / "cdk").write_text(script)
    (tools / "cdk").chmod(0o755)
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "jq").write_text("#!/bin/sh\n")
    (tmp_path / "jq").chmod(0o755)
    files = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    subprocess.run(
        [shutil.which("bash") or "bash", "-c", step("deploy", "deploy", title)["run"]],
        cwd=tmp_path,
        env=offline(tmp_path) | given | files,
        check=True,
        timeout=60,
    )
    return said.read_text().split("Command line arguments:")[1:]


def offline(home: Path, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(home), str(NODE.parent), os.environ["PATH"]]),
        "HOME": str(home),
        "CDK_HOME": str(home),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "nobody",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }


def values(said: str, name: str) -> list[str]:
    """An argument that is a list, as the CLI shows it."""
    found = re.search(rf"\b{name}: \[(.*?)\]", said, re.S)
    return re.findall(r"'([^']*)'", found[1]) if found else []


def test_every_alarm_watches_the_services_and_none_is_taken_for_a_stack(parsed: list[str]) -> None:
    data, before, services, everything = parsed

    assert values(services, "rollbackTriggerAlarmArns") == ALARMS
    assert values(services, "STACKS") == ["*-compute"]
    assert "monitoringTimeMinutes: 7" in services
    assert values(before, "STACKS") == ["*", "!*-compute", "!*-observability"]
    for other in (data, before, everything):
        assert values(other, "rollbackTriggerAlarmArns") == []


def test_the_cli_knows_every_option_of_the_deploy(parsed: list[str]) -> None:
    for said in parsed:
        assert "Unknown option" not in said


def test_only_what_holds_data_asks_before_it_is_replaced(parsed: list[str]) -> None:
    data, *others = parsed

    assert set(values(data, "STACKS")) == {f"*-{role}" for role in GUARDED}
    assert "requireApproval: 'destructive'" in data
    assert all("requireApproval: 'never'" in said for said in others)


def test_what_holds_data_is_looked_at_before_the_first_stack(
    tmp_path: Path, phase_one: Assembly, fargate: Assembly, pooled_production: Assembly
) -> None:
    guard = "Refuse to replace or delete what holds data"
    (said,) = told(guard, tmp_path)
    titles = [one.get("name") for one in workflow("deploy")["jobs"]["deploy"]["steps"]]
    looked_at = {pattern.removeprefix("*-") for pattern in values(said, "STACKS")}

    assert titles.index(guard) < titles.index("Deploy")
    assert step("deploy", "deploy", guard)["if"] == "${{ !inputs.accept_destructive_changes }}"
    assert "Unknown option" not in said
    assert "failOn: 'destructive'" in said
    assert "exclusively: true" in said
    assert looked_at == GUARDED
    for assembly in (phase_one, fargate):
        assert set(assembly.stacks) >= HOLD_DATA
    assert "pool" in pooled_production.stacks


OPERATIONS = """#!/bin/sh
case "$2" in
  list-services) echo "arn:$*" ;;
  *) echo '{"OperationSummaryList": [
       {"Type": "UPDATE_SERVICE", "Status": "'"$STATUS"'", "StartedAt": "2026-11-20T10:00:05.1+00:00"},
       {"Type": "UPDATE_SERVICE", "Status": "FAILED", "StartedAt": "2026-11-20T09:00:00+00:00"}]}' ;;
esac
"""


def with_app_runner(script: str, tmp_path: Path, **given: str) -> "subprocess.CompletedProcess[str]":
    (tmp_path / "aws").write_text(OPERATIONS)
    (tmp_path / "aws").chmod(0o755)
    return subprocess.run(
        [shutil.which("bash") or "bash", "-c", script],
        cwd=tmp_path,
        env=offline(tmp_path) | {"SINCE": "2026-11-20T10:00:00", "NAME": "restartix-core-api"} | given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


NEEDS_JQ = pytest.mark.skipif(
    shutil.which("jq") is None, reason="the steps use jq, as GitHub's runners have it"
)


@NEEDS_JQ
@pytest.mark.parametrize(
    ("status", "code"), [("SUCCEEDED", 0), ("FAILED", 1), ("ROLLBACK_SUCCEEDED", 1), ("ROLLBACK_FAILED", 1)]
)
def test_an_update_that_app_runner_took_back_is_red(
    phase_one: Assembly, tmp_path: Path, status: str, code: int
) -> None:
    (tmp_path / "cdk.out").symlink_to(phase_one.folder)

    script = step("deploy", "deploy", "See what App Runner made of it")["run"]
    ended = with_app_runner(script, tmp_path, STATUS=status)

    assert ended.returncode == code, ended.stderr
    for name in ("restartix-core-api", "restartix-telemetry-api"):
        assert (f"the change of {name}: UPDATE_SERVICE {status}" in ended.stdout) == bool(code)


@NEEDS_JQ
def test_without_app_runner_nothing_is_asked(fargate: Assembly, tmp_path: Path) -> None:
    (tmp_path / "cdk.out").symlink_to(fargate.folder)

    script = step("deploy", "deploy", "See what App Runner made of it")["run"]
    ended = with_app_runner(script, tmp_path, STATUS="FAILED")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@NEEDS_JQ
@pytest.mark.parametrize(("status", "code"), [("SUCCEEDED", 0), ("ROLLBACK_SUCCEEDED", 1)])
def test_a_release_that_app_runner_took_back_is_red(tmp_path: Path, status: str, code: int) -> None:
    script = released("release", "Wait for App Runner")["run"]

    assert with_app_runner(script, tmp_path, STATUS=status).returncode == code


def test_the_first_images_are_pushed_before_there_is_a_cluster() -> None:
    assert "vars.ECS_CLUSTER != ''" in released("release", "Roll out on Fargate, and wait")["if"]


def test_b7_a_release_rolls_out_only_after_its_migration() -> None:
    jobs = example()["jobs"]

    assert jobs["migrate"]["needs"] == "image"
    assert jobs["release"]["needs"] == ["image", "migrate"]
    # Going back skips both, and a job is skipped with those it needs unless it says otherwise.
    assert jobs["migrate"]["if"] == jobs["image"]["if"] == "github.event_name == 'push'"
    assert jobs["release"]["if"] == "${{ !failure() && !cancelled() }}"


def test_no_service_starts_with_an_image_before_it_is_released() -> None:
    assert "latest" not in released("image", "Build and push")["run"]


REGISTRY = r"""#!/bin/bash
# An ECR repository as files, each the digest that a tag means, and a state machine that ends as STATUS.
case "$2" in
  batch-get-image)
    [[ "$*" =~ --image-ids\ (imageTag|imageDigest)=([^ ]*) ]]
    found=None
    if [[ "${BASH_REMATCH[1]}" == imageDigest ]]; then found="${BASH_REMATCH[2]}"
    elif [[ -f "tags/${BASH_REMATCH[2]}" ]]; then found=$(cat "tags/${BASH_REMATCH[2]}"); fi
    echo "$found" ;;
  put-image)
    new="${*: -1}"
    if [[ "$(cat tags/latest 2>&1)" == "$new" ]]; then echo ImageAlreadyExistsException >&2; exit 254; fi
    echo "$new" > tags/latest ;;
  start-execution) echo "$*" > asked; echo arn:run ;;
  describe-execution) if [[ "$*" == *cause* ]]; then echo "exit code 3"; else echo "$STATUS"; fi ;;
esac
"""
COMMIT = "4e27a9eb" * 5


class Registry:
    """Runs steps of the example against a registry and a state machine."""

    def __init__(self, folder: Path, **tags: str) -> None:
        self.folder = folder
        (folder / "tags").mkdir()
        for tag, digest in tags.items():
            (folder / "tags" / tag).write_text(digest)
        (folder / "aws").write_text(REGISTRY)
        (folder / "aws").chmod(0o755)

    @property
    def latest(self) -> str:
        """The image that services start with."""
        return (self.folder / "tags" / "latest").read_text().strip()

    def run(self, job: str, title: str, **given: str) -> "subprocess.CompletedProcess[str]":
        """Run a step."""
        known = {"NAME": "restartix-core-api", "COMMIT": COMMIT, "MIGRATIONS": "arn:machine"}
        github = {"GITHUB_RUN_ID": "12", "GITHUB_RUN_ATTEMPT": "3", "GITHUB_OUTPUT": "output"}
        return subprocess.run(
            [shutil.which("bash") or "bash", "-c", released(job, title)["run"]],
            cwd=self.folder,
            env=offline(self.folder) | known | github | given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.mark.parametrize("job", ["migrate", "release"])
@pytest.mark.parametrize("tags", [{"latest": "sha256:old"}, {"latest": "sha256:new"}, {}])
def test_an_image_becomes_latest_whatever_was_before(tmp_path: Path, job: str, tags: dict[str, str]) -> None:
    registry = Registry(tmp_path, **{COMMIT: "sha256:new", **tags})

    ended = registry.run(job, "Make its image latest")

    assert ended.returncode == 0, ended.stderr
    assert registry.latest == "sha256:new"


@pytest.mark.parametrize("job", ["migrate", "release"])
def test_a_commit_without_an_image_is_named_and_releases_nothing(tmp_path: Path, job: str) -> None:
    registry = Registry(tmp_path, latest="sha256:old")

    ended = registry.run(job, "Make its image latest")

    assert ended.returncode == 1
    assert f"restartix-core-api has no image of commit {COMMIT}" in ended.stdout
    assert registry.latest == "sha256:old"


def test_b7_a_migration_that_succeeds_lets_the_release_go_on(tmp_path: Path) -> None:
    registry = Registry(tmp_path)

    assert registry.run("migrate", "Migrate, and wait", STATUS="SUCCEEDED").returncode == 0
    asked = (tmp_path / "asked").read_text()
    assert "--state-machine-arn arn:machine" in asked
    # Named after the attempt: run again, it migrates again.
    assert "--name release-12-3" in asked


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_b7_a_migration_that_fails_stops_the_release_with_its_words(tmp_path: Path, status: str) -> None:
    ended = Registry(tmp_path).run("migrate", "Migrate, and wait", STATUS=status)

    assert ended.returncode == 1
    assert f"::error::nothing is released, arn:run ended as {status}: exit code 3" in ended.stdout


@pytest.mark.parametrize("was", ["sha256:old", "sha256:new"])
def test_b7_an_image_whose_migration_failed_is_latest_no_longer(tmp_path: Path, was: str) -> None:
    registry = Registry(tmp_path, **{COMMIT: "sha256:new", "latest": was})
    registry.run("migrate", "Make its image latest")
    told = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())

    ended = registry.run("migrate", "Take latest back from it", WAS=told["was"])

    assert ended.returncode == 0, ended.stderr
    assert registry.latest == was
    taken = released("migrate", "Take latest back from it")["if"]
    assert "failure() || cancelled()" in taken


def test_the_very_first_image_has_nothing_to_go_back_to(tmp_path: Path) -> None:
    registry = Registry(tmp_path, latest="sha256:new")

    assert registry.run("migrate", "Take latest back from it", WAS="None").returncode == 0
    assert registry.latest == "sha256:new"


def test_a_release_outlasts_the_state_machine_and_not_its_role(phase_one: Assembly) -> None:
    minutes = example()["jobs"]["migrate"]["timeout-minutes"]
    (role,) = [one for one in phase_one.of_type("AWS::IAM::Role", "delivery") if "/Release/" in one.path]

    assert LONGEST_MINUTES + 5 < minutes <= role["MaxSessionDuration"] / 60


def test_the_job_has_as_long_as_the_role_is_good_for(phase_one: Assembly) -> None:
    (role,) = [
        one for one in phase_one.of_type("AWS::IAM::Role", "delivery") if "/Infrastructure/" in one.path
    ]
    login = step("deploy", "deploy", "Log in to AWS")

    assert login["with"]["role-duration-seconds"] == role["MaxSessionDuration"] == 4 * 3600
    assert workflow("deploy")["jobs"]["deploy"]["timeout-minutes"] * 60 == role["MaxSessionDuration"]


def test_checks_run_once() -> None:
    runs = [one["run"] for one in workflow("check")["jobs"]["check"]["steps"] if "run" in one]

    assert [run for run in runs if run.startswith("make")] == ["make setup", "make test", "make test-long"]


IDENTITY = "<Arn>arn:aws:sts::111122223333:assumed-role/Review/run</Arn><Account>111122223333</Account>"


class Denying(BaseHTTPRequestHandler):
    """An account where nothing is deployed and nobody may become another role."""

    asked: set[str]

    def do_POST(self) -> None:
        """Answer a call of the AWS query protocol."""
        body = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        action = body.get("Action", ["something else"])[0]
        self.asked.add(action)
        code, message = "AccessDenied", "no"
        if action == "DescribeStacks":
            code, message = "ValidationError", f"Stack with id {body['StackName'][0]} does not exist"
        answer = f"<R><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></R>"
        if action == "GetCallerIdentity":
            answer = f"<R><GetCallerIdentityResult>{IDENTITY}</GetCallerIdentityResult></R>"
        self.send_response(200 if action == "GetCallerIdentity" else 400)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def account() -> Iterator[tuple[str, set[str]]]:
    asked: set[str] = set()
    handler = type("Handler", (Denying,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_the_review_role_is_enough_for_the_diff_of_a_pull_request(
    phase_one: Assembly, tmp_path: Path
) -> None:
    """The CLI tries the lookup role, is refused, and goes on with what the Review role may do itself."""
    (role,) = [one for one in phase_one.of_type("AWS::IAM::Role", "delivery") if "/Review/" in one.path]
    allowed = {
        str(action).partition(":")[2]
        for statement in phase_one.statements(role)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    script = step("diff", "diff", "Compare with what is deployed")["run"]
    (tmp_path / "cdk.out").symlink_to(phase_one.folder)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    with account() as (url, asked):
        given = {"SYSTEM": "restartix", "ENVIRONMENT": "production", "GITHUB_STEP_SUMMARY": "summary"}
        ended = subprocess.run(
            [shutil.which("bash") or "bash", "-c", script],
            cwd=tmp_path,
            env=offline(tmp_path, url) | given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ended.returncode == 0, ended.stdout
    assert asked - {"AssumeRole", "GetCallerIdentity"} == {"DescribeStacks"}
    assert {"DescribeStacks", "GetTemplate"} <= allowed
    assert "AssumeRole" not in allowed
    shown = (tmp_path / "diff.md").read_text()
    assert "Stack restartix-production-eu-network" in shown
    assert "roceeding" not in shown


def test_the_comment_begins_with_what_is_described() -> None:
    steps = [one.get("name") for one in workflow("diff")["jobs"]["diff"]["steps"]]
    described = step("diff", "diff", "Say what is described")["run"]

    assert "cambium review" in described
    assert "> diff.md" in described
    assert steps.index("Say what is described") < steps.index("Compare with what is deployed")


def test_the_plan_of_a_pull_request_needs_no_aws_and_comes_first_in_the_comment() -> None:
    jobs = workflow("diff")["jobs"]
    proof = step("diff", "plan", "Prove what the change does")["run"]
    handed = step("diff", "plan", "Hand the plan to the comment")["with"]["name"]

    assert jobs["plan"]["permissions"] == {"contents": "read"}
    assert "if" not in jobs["plan"]
    assert not any("aws-actions" in str(one.get("uses")) for one in jobs["plan"]["steps"])
    assert "cambium plan --all --base HEAD^1" in proof
    assert jobs["comment"]["needs"] == ["plan", "diff"]
    assert sorted([f"diff-{name}" for name in ("dev", "production", "staging")] + [handed])[0] == handed


@pytest.mark.parametrize(("code", "ended"), [(0, 0), (3, 3), (21, 21), (22, 22)])
def test_a_change_that_would_lose_data_is_red_and_told_all_the_same(
    tmp_path: Path, code: int, ended: int
) -> None:
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "cambium").write_text(f'#!/bin/sh\necho "the plan" > plan.md\nexit {code}\n')
    (tools / "cambium").chmod(0o755)

    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", step("diff", "plan", "Prove what the change does")["run"]],
        cwd=tmp_path,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
        check=False,
        timeout=60,
    )

    assert done.returncode == ended
    assert "the plan" in (tmp_path / "diff.md").read_text()
    assert "the plan" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize(("code", "ended"), [(0, 0), (25, 0), (6, 6)])
def test_a_bill_above_its_budget_is_for_the_reviewer_and_a_failure_is_red(
    tmp_path: Path, code: int, ended: int
) -> None:
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "cambium").write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
    (tools / "cambium").chmod(0o755)
    given = {"SYSTEM": "shop", "ENVIRONMENT": "live", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", step("diff", "diff", "Say what it costs")["run"]],
        cwd=tmp_path,
        env={**os.environ, **given},
        check=False,
        timeout=60,
    )

    assert done.returncode == ended
    if not ended:
        asked = "cost --system shop --env live --base HEAD^1 --markdown"
        assert asked in (tmp_path / "diff.md").read_text()
        assert asked in (tmp_path / "summary").read_text()


@pytest.mark.parametrize("job", ["image", "jobs-image"])
def test_an_image_that_is_for_two_processors_is_built_and_started_on_both(job: str) -> None:
    described = workflow("check")["jobs"][job]
    runners = described["strategy"]["matrix"]["runner"]
    (build,) = [one["run"] for one in described["steps"] if one.get("run", "").startswith("docker build ")]

    assert runners == ["ubuntu-latest", "${{ vars.DEPLOY_RUNNER || 'ubuntu-24.04-arm' }}"]
    assert described["runs-on"] == "${{ matrix.runner }}"
    assert described["strategy"]["fail-fast"] is False, "one that fails hides nothing of the other"
    assert "--platform" not in build, "it would be built for another machine than it is started on"
    assert any("docker run " in one.get("run", "") for one in described["steps"])
