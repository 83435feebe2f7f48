"""``cambium access --check``: the access table and the templates, compared before anything is deployed."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ops.outcome import ExitCode
from ops.testing import Command
from ops.workspace import Workspace
from support.assembly import Assembly

PRODUCTION = ("access", "--system", "restartix", "--env", "production")


@pytest.fixture
def cambium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in an empty checkout. What it does to the environment is undone."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return Command(Workspace(tmp_path / "checkout"))


def test_templates_that_open_what_the_table_says_pass(cambium: Command, phase_one: Assembly) -> None:
    result = cambium(*PRODUCTION, "--check", "--assembly", str(phase_one.folder))

    assert result.exit_code == ExitCode.OK, result.stderr
    assert "these are open, and no others" in result.stderr


def test_a_planted_door_is_named_and_told_to_the_shell(
    cambium: Command, phase_one: Assembly, tmp_path: Path
) -> None:
    folder = tmp_path / "planted"
    shutil.copytree(phase_one.folder, folder, ignore=shutil.ignore_patterns("asset.*"))
    file = folder / phase_one.stacks["network"].template_file.name
    template = json.loads(file.read_text())
    group = phase_one.at("network", "Access1/Database/Resource").logical_id
    everybody = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    template["Resources"][group]["Properties"]["SecurityGroupIngress"] = [everybody]
    file.write_text(json.dumps(template))

    result = cambium(*PRODUCTION, "--check", "--assembly", str(folder))

    assert result.exit_code == ExitCode.VERIFICATION
    assert "not in the access rules: internet -> database:5432 (way into database)" in result.stderr


@pytest.mark.parametrize("words", [("--check", "--assembly", "/no/such/folder"), ("--assembly", "/anything")])
def test_words_that_mean_nothing_are_refused(cambium: Command, words: tuple[str, ...]) -> None:
    assert cambium(*PRODUCTION, *words).exit_code == ExitCode.USAGE
