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
    tmp_path = tmp_path_factory.mktemp("deploy")
    tools = tmp_path / "node_modules" / ".bin"
    tools.mkdir(parents=True)
    said = tmp_path / "said"
    # The CLI tells its arguments before it looks for the assembly, which is empty here.
    call = f'"{NODE}" "{CDK}" "$@" --verbose --no-color >>"{said}" 2>&1'
    script = f'#!/bin/sh\n{call}\necho "{{}}" >outputs.json\n'
    (tools / "cdk").write_text(script)
    (tools / "cdk").chmod(0o755)
    (tmp_path / "cdk.out").mkdir()
    subprocess.run(["tar", "-czf", "assembly.tgz", "cdk.out"], cwd=tmp_path, check=True)  # noqa: S607
    (tmp_path / "jq").write_text("#!/bin/sh\n")
    (tmp_path / "jq").chmod(0o755)
    given = {"ALARMS": " ".join(ALARMS), "MINUTES": "7", "APPROVAL": "destructive"}
    subprocess.run(
        [shutil.which("bash") or "bash", "-c", step("deploy", "deploy", "Deploy")["run"]],
        cwd=tmp_path,
        env=offline(tmp_path) | given | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")},
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
    before, services, everything = parsed

    assert values(services, "rollbackTriggerAlarmArns") == ALARMS
    assert values(services, "STACKS") == ["*-compute"]
    assert "monitoringTimeMinutes: 7" in services
    assert values(before, "STACKS") == ["*", "!*-compute", "!*-observability"]
    for other in (before, everything):
        assert values(other, "rollbackTriggerAlarmArns") == []


def test_the_cli_knows_every_option_of_the_deploy(parsed: list[str]) -> None:
    for said in parsed:
        assert "Unknown option" not in said
        assert "requireApproval: 'destructive'" in said


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
