"""What a program started by a command can never see."""

import os
import subprocess

import pytest

from ops.embedded import loopback
from ops.outcome import OperatorError
from ops.workspace import Workspace

CALLER = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/home/somebody",
    "AWS_PROFILE": "customer-production",
    "AWS_DEFAULT_PROFILE": "customer-production",
    "AWS_ACCESS_KEY_ID": "AKIAREALLYREAL",
    "AWS_SECRET_ACCESS_KEY": "a-real-secret",
    "AWS_SESSION_TOKEN": "a-real-token",
    "AWS_ENDPOINT_URL": "https://aws.example.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_CONFIG_FILE": "/home/somebody/.aws/config",
    "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/admin",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
    "AMAZON_ACCESS_KEY_ID": "AKIAREALLYREAL",
    "CDK_DEFAULT_ACCOUNT": "111111111111",
    "CDK_OUTDIR": "/somewhere/else",
    "HTTPS_PROXY": "http://proxy.example.com:3128",
    "https_proxy": "http://proxy.example.com:3128",
    "NODE_OPTIONS": "--require /home/somebody/hook.js",
}
LEAKS = (
    "customer-production",
    "REALLYREAL",
    "a-real-",
    "example.com",
    "111111111111",
    "/home/somebody",
    "/var/run",
)


def test_nothing_of_the_callers_aws_reaches_a_program(workspace: Workspace) -> None:
    variables = loopback.environment(workspace, loopback.endpoint(4600), caller=CALLER)

    seen = subprocess.run(["/usr/bin/env"], env=variables, capture_output=True, text=True, check=True).stdout

    assert not [leak for leak in LEAKS if leak in seen]
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:4600" in seen
    assert "LANG=C.UTF-8" in seen


def test_a_program_finds_no_profile_anywhere(workspace: Workspace) -> None:
    variables = loopback.environment(workspace, caller=CALLER)

    script = "import boto3; s = boto3.Session(); print(s.available_profiles, s.get_credentials().access_key)"
    seen = subprocess.run(
        [str(workspace.bin / "python"), "-c", script],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert seen == "[] 000000000000\n"


def test_everything_a_program_writes_to_its_home_stays_in_the_checkout(workspace: Workspace) -> None:
    variables = loopback.environment(workspace, caller=CALLER)

    for name in ("HOME", "CDK_HOME", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"):
        assert variables[name].startswith(str(workspace.state))
    assert variables["PATH"].split(os.pathsep)[0] == str(workspace.bin)


@pytest.mark.parametrize(
    "url",
    [
        "https://cloudformation.eu-central-1.amazonaws.com",
        "http://10.0.0.4:4566",
        "http://localhost:4566",
        "http://127.0.0.1.example.com:4566",
        "",
    ],
)
def test_an_endpoint_that_is_not_this_machine_is_refused(workspace: Workspace, url: str) -> None:
    with pytest.raises(OperatorError, match="not on this machine"):
        loopback.environment(workspace, url)


def test_the_command_itself_forgets_the_callers_aws_too() -> None:
    variables = dict(CALLER)

    loopback.seal(variables)

    assert set(variables) == {"PATH", "LANG", "HOME", "AWS_EC2_METADATA_DISABLED"}
