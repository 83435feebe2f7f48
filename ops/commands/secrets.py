"""``set-secret``: puts a third-party key where its service reads it."""

import json
import sys
from typing import Annotated

import typer

from config.deployment import Deployment
from config.service import Service
from ops.assembly.target import Target
from ops.commands.options import EnvOption, SystemOption
from ops.console import progress
from ops.embedded import emulator
from ops.embedded.aws import Place, Places
from ops.lock import exclusive
from ops.outcome import ExitCode, OperatorError
from ops.verify.secrets import values_of
from ops.workspace import Workspace


def set_secret(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    service: Annotated[str, typer.Option("--service", help="The service that reads it.")],
    key: Annotated[str, typer.Option("--key", help="The key, such as CLERK_SECRET_KEY.")],
) -> None:
    """Set one key of a service's secret on the embedded AWS. The value is asked for, or read from a pipe.

    Example:  cambium set-secret --system restartix --env production --service core-api --key DAILY_API_KEY
    """
    workspace: Workspace = ctx.obj
    deployment = Target(system, env).resolve()
    chosen = _service(deployment, service, key)
    with exclusive(workspace, "set-secret"):
        running = emulator.find(workspace)
        if running is None:
            raise OperatorError(ExitCode.NOT_RUNNING, "the embedded AWS does not run", hint="cambium up")
        value = (
            typer.prompt(key, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read().strip()
        )
        if not value:
            raise OperatorError(ExitCode.USAGE, f"{key} was given no value")
        for region, shard in deployment.shards():
            aws = Places(running.url).at(Place(deployment.environment.account, region.name))
            name = deployment.secret_name(chosen.name, shard)
            values = {**values_of(aws, name), key: value}
            aws.secretsmanager.put_secret_value(SecretId=name, SecretString=json.dumps(values))
            progress().print(f"{name}: {key} is set")


def _service(deployment: Deployment, name: str, key: str) -> Service:
    for service in deployment.services:
        if service.name == name and key in service.operator_keys:
            return service
    known = [
        f"  --service {one.name} --key {key}" for one in deployment.services for key in one.operator_keys
    ]
    raise OperatorError(
        ExitCode.USAGE, f"service {name!r} has no key {key!r} that a person sets", details="\n".join(known)
    )
