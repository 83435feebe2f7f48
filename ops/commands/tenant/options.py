"""What the verbs of ``tenant`` are asked with: which deployment, which tenant, and what of it."""

import getpass
from typing import Annotated

import typer

from ops.assembly.target import Target
from ops.commands.asking import about
from ops.commands.tenant.deployed import tenants_of
from ops.outcome import ExitCode, OperatorError
from ops.tenants.machines import Tenants

LONGEST_NAME = 200
"""Characters of who asks that are written down."""

TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Its id, such as org-101.")]
ResidencyOption = Annotated[str, typer.Option("--residency", help="Where its data must lie: EU or US.")]
ImageOption = Annotated[str, typer.Option("--image", help="Tag of the image its services run.")]
OtherImageOption = Annotated[str | None, typer.Option("--image", help="Tag of the image to run from now on.")]
SizeOption = Annotated[
    str | None, typer.Option("--size", help="Size of its database; cambium systems lists them.")
]
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


def who_asks(said: str | None) -> str:
    """Who an operation is written down with: who was said, else the login name of who runs the command.

    Raises:
        OperatorError: what was said is no name, or too long to be written down whole.
    """
    if said is None:
        try:
            return getpass.getuser()[:LONGEST_NAME]
        except (KeyError, OSError):
            # A user id without a name, as in a container.
            return "unknown"
    if not said.strip() or len(said) > LONGEST_NAME:
        raise OperatorError(
            ExitCode.TENANT,
            f"--requested-by must be who asks, in 1 to {LONGEST_NAME} characters, got {len(said)}",
            hint="nothing was started; correct it, then run this again",
        )
    return said


RequestedByOption = Annotated[
    str | None,
    typer.Option(
        "--requested-by", callback=who_asks, help="Who asks, as it is written down; else your login name."
    ),
]
CanaryOption = Annotated[
    list[str] | None, typer.Option("--canary", help="Who gets it first; may be said again.")
]


def _tenants(ctx: typer.Context, target: Target) -> Tenants:
    return tenants_of(ctx.obj, target)


of_tenants = about(_tenants)
"""Makes a command of a verb whose first parameter is the tenants of a deployment."""
