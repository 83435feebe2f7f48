"""What the verbs of ``tenant`` are asked with: which deployment, which tenant, and what of it."""

from typing import Annotated

import typer

from ops.assembly.target import Target
from ops.commands.asking import about
from ops.embedded import emulator
from ops.embedded.aws import Places
from ops.outcome import ExitCode, OperatorError
from ops.tenants.machines import Tenants
from ops.workspace import Workspace

TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Its id, such as org-101.")]
ResidencyOption = Annotated[str, typer.Option("--residency", help="Where its data must lie: EU or US.")]
ImageOption = Annotated[str, typer.Option("--image", help="Tag of the image its services run.")]
OtherImageOption = Annotated[str | None, typer.Option("--image", help="Tag of the image to run from now on.")]
SizeOption = Annotated[str | None, typer.Option("--size", help="Size of its database, by name.")]
ConfirmOption = Annotated[str | None, typer.Option("--confirm", help="The id again.")]
ToOption = Annotated[
    str, typer.Option("--to", help="silo: a database and services of its own; pool: everybody's.")
]
TenantValueOption = Annotated[
    str | None,
    typer.Option(
        "--tenant-value",
        help="What the tenant column of the tables holds for it, if not its id: a uuid, a number, the id of "
        "an identity provider. Said once: every later step remembers it.",
    ),
]
CanaryOption = Annotated[
    list[str] | None, typer.Option("--canary", help="Who gets it first; may be said again.")
]


def _tenants(ctx: typer.Context, target: Target) -> Tenants:
    workspace: Workspace = ctx.obj
    deployment = target.resolve()
    if deployment.tenants is None:
        raise OperatorError(
            ExitCode.CONFIGURATION,
            f"{deployment.system} {deployment.environment.name} has no tenants with a stack for themselves "
            f"in phase {deployment.phase}",
            hint="say --phase, if a later one is deployed",
        )
    running = emulator.require(workspace, hint=target.command_up)
    return Tenants(deployment, Places(running.url))


of_tenants = about(_tenants)
"""Makes a command of a verb whose first parameter is the tenants of a deployment."""
