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

from docs.markdown import ROOT
from support.assembly import Assembly

NODE = ROOT / ".venv/bin/node"
CDK = ROOT / "node_modules/aws-cdk/bin/cdk"
HOLD_DATA = {"data", "storage", "network", "recovery", "audit", "delivery"}
ALARMS = [f"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:{name}" for name in ("one", "two", "three")]


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return loaded


def step(name: str, job: str, title: str) -> dict[str, Any]:
    (found,) = [one for one in workflow(name)["jobs"][job]["steps"] if one.get("name") == title]
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

    assert set(values(data, "STACKS")) == {f"*-{role}" for role in HOLD_DATA}
    assert "requireApproval: 'destructive'" in data
    assert all("requireApproval: 'never'" in said for said in others)


def test_what_holds_data_is_looked_at_before_the_first_stack(
    tmp_path: Path, phase_one: Assembly, fargate: Assembly
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
    assert looked_at == HOLD_DATA
    for assembly in (phase_one, fargate):
        assert looked_at <= set(assembly.stacks)


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
    example = yaml.safe_load((ROOT / "examples" / "application-deploy.yml").read_text())
    (script,) = [
        one["run"] for one in example["jobs"]["release"]["steps"] if one.get("name") == "Wait for App Runner"
    ]

    assert with_app_runner(script, tmp_path, STATUS=status).returncode == code


def test_the_first_images_are_pushed_before_there_is_a_cluster() -> None:
    example = yaml.safe_load((ROOT / "examples" / "application-deploy.yml").read_text())
    (condition,) = [
        one["if"] for one in example["jobs"]["release"]["steps"] if "Fargate" in one.get("name", "")
    ]

    assert "vars.ECS_CLUSTER != ''" in condition


def test_the_job_has_as_long_as_the_role_is_good_for(phase_one: Assembly) -> None:
    (role,) = [
        one for one in phase_one.of_type("AWS::IAM::Role", "delivery") if "/Infrastructure/" in one.path
    ]
    login = step("deploy", "deploy", "Log in to AWS")

    assert login["with"]["role-duration-seconds"] == role["MaxSessionDuration"] == 4 * 3600
    assert workflow("deploy")["jobs"]["deploy"]["timeout-minutes"] * 60 == role["MaxSessionDuration"]


def test_checks_run_once() -> None:
    runs = [one["run"] for one in workflow("check")["jobs"]["check"]["steps"] if "run" in one]

    assert runs == ["make setup", "make test"]


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
