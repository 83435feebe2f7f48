"""E5: the workflow that releases to a host, each step run as it is written, with a stand-in for ``aws``."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.aws_command import complaints
from docs.markdown import ROOT
from support.assembly import Assembly

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "host-deploy.yml").read_text())
RELEASE, OUTSIDE, BACK = "Release on the host, and wait", "Ask from outside", "Go back"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOST = "vantrexia-production-us-1"
ACTIONS = {RELEASE: ("deploy", COMMIT), BACK: ("back", "")}

AWS = f"""#!{sys.executable}
# Systems Manager as files: each question is answered by the next of the states, the last for ever.
import json, os, pathlib, sys
import jmespath
place = pathlib.Path(os.environ["STATE"]); state = json.loads(place.read_text())
words = sys.argv[1:]
def after(name): return words[words.index(name) + 1]
state["calls"].append(words)
place.write_text(json.dumps(state))
match words[:2]:
    case ["ssm", "send-command"]:
        if state["refused"]:
            sys.exit("AccessDeniedException: may not send this document")
        answer = {{"Command": {{"CommandId": "c-1"}}}}
    case ["ssm", "list-command-invocations"]:
        assert after("--command-id") == "c-1"
        states = state["states"]
        now = states.pop(0) if len(states) > 1 else states[0]
        said = {{"Status": now, "CommandPlugins": [{{"Output": state["output"]}}]}}
        answer = {{"CommandInvocations": [said] if now else []}}
    case _:
        sys.exit("no such command: " + " ".join(words))
place.write_text(json.dumps(state))
found = jmespath.search(after("--query"), answer)
print("None" if found is None else found)
"""
CURL = """#!/bin/sh
# Answers nobody whose address has the word of DOWN.
case "$*" in *"$DOWN"*) echo "curl: (22) The requested URL returned error: 502" >&2; exit 22 ;; esac
"""


@dataclass(frozen=True)
class Ended:
    """What a step made of it."""

    code: int
    said: str
    calls: list[list[str]]


class Runner:
    """Runs a step of the release job as GitHub would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Ten seconds between two questions are for a real machine.
        for name, text in (("aws", AWS), ("curl", CURL), ("sleep", "#!/bin/sh\n")):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def run(
        self,
        title: str,
        *states: str | None,
        output: str = "",
        refused: bool = False,
        down: str = "nobody",
        questions: int = 300,
    ) -> Ended:
        """Run it; the host says ``states`` one after the other, None before it has heard of the command."""
        place = self._folder / "state.json"
        place.write_text(
            json.dumps({"states": states, "output": output, "refused": refused, "calls": list[str]()})
        )
        action, tag = ACTIONS.get(title, ("", ""))
        told = {"DOCUMENT": f"{HOST}-release", "HOST": HOST, "ACTION": action, "TAG": tag, "DOWN": down}
        script = step(title)["run"].replace("seq 300", f"seq {questions}")
        ended = subprocess.run(
            [shutil.which("bash") or "bash", "-c", script],
            cwd=self._folder,
            env={
                "PATH": os.pathsep.join([str(self._folder), os.environ["PATH"]]),
                "STATE": str(place),
                **told,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Ended(ended.returncode, ended.stdout + ended.stderr, json.loads(place.read_text())["calls"])


def step(title: str) -> dict[str, Any]:
    (found,) = [one for one in WORKFLOW["jobs"]["release"]["steps"] if one["name"] == title]
    return dict(found)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_e5_a_push_releases_its_commit_and_waits_until_the_host_has_it(runner: Runner) -> None:
    ended = runner.run(RELEASE, None, "Pending", "InProgress", "InProgress", "Success")

    assert (ended.code, ended.said) == (0, "")
    sent, *asked = ended.calls
    assert f"Action=deploy,Release={COMMIT}" in sent
    assert len(asked) == 5


@pytest.mark.parametrize("status", ["Failed", "TimedOut", "Cancelled", "Undeliverable"])
def test_e5_a_release_that_failed_is_red_and_says_what_serves_and_why(runner: Runner, status: str) -> None:
    ended = runner.run(RELEASE, "InProgress", status, output="smoke tests: login answered 500; taken back")

    assert ended.code == 1
    assert f"::error::the host says '{status}'; the release before serves on" in ended.said
    assert "smoke tests: login answered 500; taken back" in ended.said


def test_e5_a_release_that_does_not_end_is_red_and_is_not_said_to_be_taken_back(runner: Runner) -> None:
    # After its 300 questions; the last of three is as good.
    ended = runner.run(RELEASE, "InProgress", questions=3)

    assert ended.code == 1
    assert "::error::the host says 'InProgress' after 50 minutes" in ended.said
    assert "serves on" not in ended.said


@pytest.mark.parametrize("title", [RELEASE, BACK])
def test_e5_a_command_that_aws_refuses_is_red_and_nobody_is_asked(runner: Runner, title: str) -> None:
    ended = runner.run(title, "Success", refused=True)

    assert ended.code == 1
    assert "AccessDeniedException" in ended.said
    assert [call[1] for call in ended.calls] == ["send-command"]


@pytest.mark.parametrize(("down", "code"), [("nobody", 0), ("api.", 22), ("app.", 22)])
def test_e5_either_name_that_does_not_answer_from_outside_is_red(
    runner: Runner, down: str, code: int
) -> None:
    assert runner.run(OUTSIDE, down=down).code == code


def test_e5_only_a_push_that_fails_from_outside_goes_back() -> None:
    # A release that the host took back itself leaves the step before red, and this one is skipped.
    asked = step(BACK)["if"]

    assert step(OUTSIDE)["id"] == "outside"
    assert asked == "failure() && steps.outside.conclusion == 'failure' && github.event_name == 'push'"


def test_e5_going_back_is_said(runner: Runner) -> None:
    ended = runner.run(BACK, "InProgress", "Success")

    assert ended.code == 0, "the step before has made the run red"
    assert "::error::asked from outside it failed; the release before serves again" in ended.said
    assert "Action=back,Release=" in ended.calls[0]


def test_e5_a_host_that_cannot_go_back_says_so(runner: Runner) -> None:
    ended = runner.run(BACK, "Failed", output="there is no release before")

    assert ended.code == 1
    assert "::error::the host says 'Failed', and could not go back" in ended.said
    assert "there is no release before" in ended.said
    assert "serves again" not in ended.said


@pytest.mark.parametrize("title", [RELEASE, BACK])
def test_e5_what_it_sends_is_what_the_aws_cli_and_the_document_take(
    runner: Runner, vantrexia_host: Assembly, title: str
) -> None:
    calls = runner.run(title, "Failed").calls
    (document,) = [
        one for one in vantrexia_host.of_type("AWS::SSM::Document") if one["Name"] == f"{HOST}-release"
    ]
    parameters = document["Content"]["parameters"]
    (given,) = [word for word in calls[0] if word.startswith("Action=")]
    action, release = (part.partition("=")[2] for part in given.split(","))

    assert [found for call in calls for found in complaints(["aws", *call])] == []
    assert action in parameters["Action"]["allowedValues"]
    assert re.fullmatch(parameters["Release"]["allowedPattern"], release)
    assert calls[0][calls[0].index("--document-name") + 1] == document["Name"]
