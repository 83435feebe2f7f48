"""``set-secret``: puts a third-party key where its service reads it."""

import json
import sys
from typing import Annotated

import typer

from config.deployment import Deployment
from config.operator_keys import operator_keys
from ops.assembly.target import Target
from ops.commands.options import EnvOption, SystemOption
from ops.console import progress
from ops.deploy import ledger
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.lock import exclusive
from ops.outcome import ExitCode, OperatorError
from ops.verify.secrets import values_of
from ops.workspace import Workspace


def set_secret(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    secret: Annotated[str, typer.Option("--secret", help="Whose secret: that of a service, or backup.")],
    key: Annotated[str, typer.Option("--key", help="The key, such as CLERK_SECRET_KEY.")],
) -> None:
    """Set one key of a secret on the embedded AWS. The value is asked for, or read from a pipe.

    Example:  cambium set-secret --system restartix --env production --secret core-api --key DAILY_API_KEY
    """
    workspace: Workspace = ctx.obj
    target = Target(system, env)
    deployment = target.resolve()
    _check(deployment, secret, key)
    with exclusive(workspace, "set-secret"):
        running = emulator.require(workspace, hint=target.command_up)
        value = (
            typer.prompt(key, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read().strip()
        )
        if not value:
            raise OperatorError(ExitCode.USAGE, f"{key} was given no value")
        places, account = Places(running.url), deployment.environment.account
        # Of a phase that is only tried, every region and shard, too.
        known = ledger.entry(workspace, running, target)
        for region, shard in (known.target.resolve() if known else deployment).shards():
            aws = places.at(Place(account, region.name))
            name = deployment.secret_name(secret, shard)
            values = {**present(aws, name), key: value}
            aws.secretsmanager.put_secret_value(SecretId=name, SecretString=json.dumps(values))
            progress().print(f"{name}: {key} is set")


def present(aws: Aws, name: str) -> dict[str, str]:
    """The keys and values of a secret that ``up`` made.

    Raises:
        OperatorError: it is not there, or not an object.
    """
    try:
        return values_of(aws, name)
    except aws.secretsmanager.exceptions.ResourceNotFoundException:
        raise OperatorError(
            ExitCode.NOT_RUNNING,
            f"there is no secret {name} on the embedded AWS: it was not deployed, or not to the end",
            hint="make up, then this again",
        ) from None
    except ValueError as error:
        raise OperatorError(
            ExitCode.VERIFICATION,
            f"secret {name} is {error}, so a key in it cannot be set",
            hint="make down, then make up, makes it anew",
        ) from None


def _check(deployment: Deployment, secret: str, key: str) -> None:
    known = list(operator_keys(deployment))
    if any(keys.secret == secret and key in keys.where for keys in known):
        return
    lines = [f"  --secret {keys.secret} --key {name}" for keys in known for name in keys.where]
    raise OperatorError(
        ExitCode.USAGE, f"secret {secret!r} has no key {key!r} that a person sets", details="\n".join(lines)
    )
