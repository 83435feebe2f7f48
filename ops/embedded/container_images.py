"""Stands in for Docker when the CDK CLI publishes images to the embedded AWS, which runs no containers.

It builds nothing. It checks that the Dockerfile is there, and leaves a record of the image in the embedded
registry, so that what refers to the image finds it. That the image can be built is shown by the workflow
``check``, which builds and starts it.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import boto3

from ops.embedded import loopback


def build(arguments: Sequence[str]) -> str | None:
    """``docker build ... FOLDER``: refuse a folder without the Dockerfile."""
    folder = Path(arguments[-1])
    name = arguments[arguments.index("--file") + 1] if "--file" in arguments else "Dockerfile"
    if not (folder / name).is_file():
        return f"there is no {name} in {folder.resolve()}"
    return None


def inspect(arguments: Sequence[str]) -> str | None:
    """``docker inspect IMAGE``: no image was built before."""
    return f"no image {arguments[-1]}"


def push(arguments: Sequence[str]) -> str | None:
    """``docker push REGISTRY/REPOSITORY:TAG``: put a record of it into the embedded registry."""
    url = loopback.require_loopback(os.environ["AWS_ENDPOINT_URL"])
    _, _, name = arguments[-1].partition("/")
    repository, _, tag = name.partition(":")
    boto3.client("ecr", endpoint_url=url).put_image(
        repositoryName=repository, imageTag=tag, imageManifest=json.dumps({"schemaVersion": 2, "tag": tag})
    )
    return None


def nothing(_arguments: Sequence[str]) -> str | None:
    """``docker login`` and ``docker tag``."""
    return None


COMMANDS: dict[str, Callable[[Sequence[str]], str | None]] = {
    "build": build,
    "inspect": inspect,
    "login": nothing,
    "push": push,
    "tag": nothing,
}


def main() -> None:
    """Answer one command of the CDK CLI."""
    command, *arguments = sys.argv[1:] or [""]
    if command not in COMMANDS:
        known = ", ".join(COMMANDS)
        sys.exit(f"{loopback.IMAGES} stands in for docker {known} on the embedded AWS, got {command!r}")
    sys.exit(COMMANDS[command](arguments))
