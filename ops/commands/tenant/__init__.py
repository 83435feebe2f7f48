"""``tenant``: makes, changes and deletes tenants that have a stack for themselves, on the embedded AWS."""

import typer

from ops.commands.tenant import change, look, wave

GUIDE = "docs/runbooks/tenants.md"

tenant = typer.Typer(
    help="Tenants with a database and services of their own. In a real account the same state machines are "
    f"started as {GUIDE} says. Without --phase and --platform it is about what is deployed; cambium systems "
    "says which systems have such tenants, from which phase on and in which sizes.\n\n"
    "Exit code 0: done. 2: an option is missing or unknown. 5: the embedded AWS answers strangely. 10: it "
    "does not run, or nothing is deployed on it. 17: refused or failed; the message says which, and what to "
    "do. 20: another deployment was meant than the one there. 130: Ctrl-C; the run goes on.\n\n"
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
