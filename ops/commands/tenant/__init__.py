"""``tenant``: makes, changes and deletes tenants that have a stack for themselves, on the embedded AWS."""

import typer

from ops.commands.tenant import change, look, wave

GUIDE = "docs/runbooks/tenants.md"

tenant = typer.Typer(
    help="Tenants with a database and services of their own. In a real account the same state machines are "
    f"started as {GUIDE} says.\n\n"
    "Example:  cambium tenant list --system s --env production",
    no_args_is_help=True,
)
for verb in (
    change.create,
    change.update,
    change.suspend,
    change.resume,
    change.move,
    change.clear,
    change.delete,
    look.show,
    look.skew,
    wave.wave,
):
    tenant.command()(verb)
tenant.command("list")(look.list_tenants)
