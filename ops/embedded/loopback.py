"""The one place that makes the environment of a program we start.

Nothing of the caller's AWS settings survives here, and the only endpoint there is lies on this
machine: neither a profile, nor a key, nor a proxy can lead a command of ours to a real account.
"""

import os
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

STRIPPED_PREFIXES = ("AWS_", "AMAZON_", "CDK_", "BOTO_", "JSII_")
STRIPPED = frozenset({"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"})
IMAGES = "cambium-images"
"""Stands in for Docker: see ``ops.embedded.container_images``."""
UNUSED_PORT = 9
"""The discard port: whoever ignores "no emulator yet" meets a closed door."""


def endpoint(port: int) -> str:
    """The address of an embedded AWS. By number: with a name, S3 clients would need DNS."""
    return f"http://127.0.0.1:{port}"


def require_loopback(url: str) -> str:
    """``url`` itself, if it leads to this machine.

    Raises:
        OperatorError: it leads elsewhere.
    """
    parts = urlsplit(url)
    try:
        safe = parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        safe = False
    if not safe:
        raise OperatorError(
            ExitCode.EMULATOR, f"refused: {url} is not on this machine, and only the embedded AWS may be used"
        )
    return url


def environment(
    workspace: Workspace,
    url: str = endpoint(UNUSED_PORT),
    *,
    account: str = "000000000000",
    region: str = "us-east-1",
    caller: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The variables of a program that may talk to ``url`` and to no other AWS."""
    require_loopback(url)
    kept = without_aws(os.environ if caller is None else caller)
    home = workspace.home
    nothing = str(home / "no-such-file")
    return {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(workspace.bin), kept.get("PATH", os.defpath)]),
        "NODE_PATH": str(workspace.node_modules),
        "NO_PROXY": "*",
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,  # the embedded AWS takes a 12-digit key as the account
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DOCKER": str(workspace.bin / IMAGES),
        "CDK_DISABLE_VERSION_CHECK": "true",
        "CDK_HOME": str(home / ".cdk"),  # the CLI asks the password file for the home, not HOME
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(workspace.state / "jsii"),
        "PYTHONUNBUFFERED": "1",
    }


def without_aws(variables: Mapping[str, str]) -> dict[str, str]:
    """``variables`` without anything that chooses an AWS account, an endpoint or a way there."""
    return {name: value for name, value in variables.items() if not _is_dangerous(name)}


def seal(variables: MutableMapping[str, str]) -> None:
    """Take the same variables from this very process, before it makes its first AWS client."""
    for name in list(variables):
        if _is_dangerous(name):
            del variables[name]
    variables["AWS_EC2_METADATA_DISABLED"] = "true"


def _is_dangerous(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(STRIPPED_PREFIXES) or upper.endswith("_PROXY") or upper in STRIPPED
