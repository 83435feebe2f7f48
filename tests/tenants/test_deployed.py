"""A17: ``cambium tenant`` is about what is deployed, and says what is where something else was meant."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from emulator.client import session
from emulator.testing import started
from ops.embedded import emulator
from ops.outcome import ExitCode
from ops.testing import Command
from ops.workspace import Workspace
from support.written_down import stand_in, write_down

pytestmark = pytest.mark.usefixtures("knows_clinic")
NO_TENANTS = "clinic production has no tenants with a stack for themselves in phase 1"
NAME = "clinic-production-eu-tenants"
REGISTRY = {
    "TableName": NAME,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("tenant", "item")],
    "KeySchema": [
        {"AttributeName": "tenant", "KeyType": "HASH"},
        {"AttributeName": "item", "KeyType": "RANGE"},
    ],
}
UP = ".venv/bin/cambium up --system clinic --env production"


@pytest.mark.parametrize(
    ("phase", "words", "code", "said", "advice"),
    [
        (None, (), ExitCode.NOT_RUNNING, "clinic production is not deployed", UP),
        (1, (), ExitCode.CONFIGURATION, NO_TENANTS, f"from phase 2 on it has: {UP} --phase 2"),
        (
            1,
            ("2",),
            ExitCode.CONFIGURATION,
            "is deployed in phase 1, not 2",
            f"you mean: {UP} --phase 2",
        ),
        (2, ("1",), ExitCode.CONFIGURATION, NO_TENANTS, "from phase 2 on"),
        (
            2,
            ("2", "app-runner"),
            ExitCode.CONFIGURATION,
            "on fargate, not app-runner",
            "leave --platform out",
        ),
    ],
)
def test_a17_another_deployment_than_the_one_there_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    phase: int | None,
    words: tuple[str, ...],
    code: ExitCode,
    said: str,
    advice: str,
) -> None:
    running, workspace = stand_in("http://127.0.0.1:9"), Workspace(tmp_path)
    monkeypatch.setattr(emulator, "find", lambda _: running)
    if phase is not None:
        write_down(workspace, running, phase=phase)
    options = [one for pair in zip(("--phase", "--platform"), words, strict=False) for one in pair]
    found = ask(workspace, *options)
    told = " ".join(found.stderr.split())
    assert (found.exit_code, said in told, advice in told) == (code, True, True), told
    assert "make down" not in told


def test_a17_a_deployment_without_tenants_needs_no_embedded_aws_to_be_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(emulator, "find", lambda _: None)
    refused = ask(Workspace(tmp_path), "--phase", "1")
    assert (refused.exit_code, NO_TENANTS in refused.stderr) == (ExitCode.CONFIGURATION, True)
    asleep = ask(Workspace(tmp_path))
    assert asleep.exit_code == ExitCode.NOT_RUNNING
    assert "the embedded AWS does not run" in asleep.stderr


@pytest.mark.embedded
def test_a17_a_deploy_that_did_not_come_to_its_end_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with started(tmp_path) as empty:
        running, workspace = stand_in(empty.url), Workspace(tmp_path)
        monkeypatch.setattr(emulator, "find", lambda _: running)
        write_down(workspace, running, phase=2)
        found = ask(workspace)
    assert found.exit_code == ExitCode.NOT_RUNNING
    assert "there is no stack clinic-production-eu-tenants yet" in found.stderr
    assert UP in found.stderr


@pytest.mark.embedded
def test_a17_a_deployment_whose_tenants_have_yet_to_come_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with started(tmp_path) as empty:
        running, workspace = stand_in(empty.url), Workspace(tmp_path)
        monkeypatch.setattr(emulator, "find", lambda _: running)
        write_down(workspace, running, phase=2)
        body = json.dumps(
            {"Resources": {"Registry": {"Type": "AWS::DynamoDB::Table", "Properties": REGISTRY}}}
        )
        session("eu-central-1", "111122223333", empty.url).client("cloudformation").create_stack(
            StackName=NAME, TemplateBody=body
        )
        found = ask(workspace)
    assert found.stdout == "no tenants yet\n", found.output


def ask(workspace: Workspace, *options: str) -> Result:
    """List the tenants of Clinic."""
    return Command(workspace)("tenant", "list", "--system", "clinic", "--env", "production", *options)
