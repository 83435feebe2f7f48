"""How ``cdk.json`` starts the app, and what that does not give up."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTED = shlex.split(json.loads((ROOT / "cdk.json").read_text())["app"])
WRONG = {
    "ec2.Vpc(stack, 'Vpc', max_azs='two')": ("maxAzs", "'two'", "not a number"),
    "s3.Bucket(stack, 'Bucket', bucket_name=5)": ("bucketName", "5", "not a string"),
    "logs.LogGroup(stack, 'Log', retention=30)": ("retention", "30"),
}
"""What a developer gets wrong, and what the answer must name."""
APP = """
import aws_cdk as cdk, cambium
from aws_cdk import aws_ec2 as ec2, aws_logs as logs, aws_s3 as s3
stack = cdk.Stack(cdk.App(), "Stack")
for mistake in {mistakes}:
    try:
        eval(mistake)
    except Exception as error:
        print(repr(str(error)))
    else:
        print("accepted")
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """What the app would say to each mistake, started as ``cdk.json`` starts it."""
    options = STARTED[1:-1]
    command = [sys.executable, *options, "-c", APP.format(mistakes=list(WRONG))]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return dict(zip(WRONG, said.splitlines(), strict=True))


def test_the_app_is_started_on_the_python_of_the_checkout() -> None:
    assert STARTED[0] == ".venv/bin/python"
    assert STARTED[-1] == "app.py"


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_type_is_refused_by_name_although_python_no_longer_checks(
    answers: dict[str, str], mistake: str
) -> None:
    assert all(word in answers[mistake] for word in WRONG[mistake]), answers[mistake]


def test_no_garbage_is_looked_for_until_the_process_has_ended() -> None:
    # What is registered first runs last.
    said = (
        "import atexit, gc\n"
        "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 0))\n"
        "from stacks.garbage import leave_garbage\n"
        "leave_garbage()\n"
    )
    run = subprocess.run([sys.executable, "-c", said], cwd=ROOT, check=True, capture_output=True, text=True)

    assert run.stdout.split() == ["False", "True"]
