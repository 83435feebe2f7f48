"""``organization``: places organizations in the shards of the shared tier, on the embedded AWS."""

from typing import Annotated, Any

import typer
from rich.table import Table

from ops.assembly.target import Target
from ops.commands.asking import about
from ops.commands.options import JsonOption
from ops.console import print_json, results
from ops.embedded import emulator
from ops.embedded.aws import Places
from ops.organizations import Organizations
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

GUIDE = "docs/runbooks/organizations.md"
LISTED = ("organization", "region", "shard", "tier", "state", "residency", "origin")

organization = typer.Typer(
    help="Which region and shard each organization is in. In a real account the same function is invoked as "
    f"{GUIDE} says.\n\n"
    "Example:  cambium organization list --system s --env production",
    no_args_is_help=True,
)

OrganizationArgument = Annotated[
    str, typer.Argument(metavar="ORGANIZATION", help="Its id, as the session token has it.")
]
ResidencyOption = Annotated[str, typer.Option("--residency", help="Where its data must stay: EU or US.")]
TenantValueOption = Annotated[
    str | None,
    typer.Option(
        "--tenant-value",
        help="What the tenant column of the tables holds for it, if not its id. A later move finds its rows "
        "by it; said again, it is corrected.",
    ),
]


def _organizations(ctx: typer.Context, target: Target) -> Organizations:
    workspace: Workspace = ctx.obj
    deployment = target.resolve()
    if deployment.routing is None:
        raise OperatorError(
            ExitCode.CONFIGURATION,
            f"{deployment.system} {deployment.environment.name} has one place for everybody in phase "
            f"{deployment.phase}: no table says who is where",
            hint="say --phase, if a later one is deployed",
        )
    running = emulator.require(workspace, hint=target.command_up)
    return Organizations(deployment, Places(running.url))


of_organizations = about(_organizations)


@organization.command()
@of_organizations
def place(
    organizations: Organizations,
    organization: OrganizationArgument,
    residency: ResidencyOption,
    tenant_value: TenantValueOption = None,
) -> None:
    """Give an organization a place: the least loaded shard where its data may be. Again: the same place.

    Example:  cambium organization place org_2ab --system s --env production --residency EU
    """
    told = {} if tenant_value is None else {"tenant_value": tenant_value}
    _say(organizations.ask("place", organization=organization, residency=residency, **told))


@organization.command()
@of_organizations
def show(organizations: Organizations, organization: OrganizationArgument, json: JsonOption = False) -> None:
    """Show where an organization is, and whether it is served.

    Example:  cambium organization show org_2ab --system s --env production
    """
    entry = organizations.ask("show", organization=organization)
    if json:
        print_json(entry)
        return
    for name, value in entry.items():
        results().print(f"{name:<22}{value}", markup=False)


@organization.command("list")
@of_organizations
def list_organizations(organizations: Organizations, json: JsonOption = False) -> None:
    """List the organizations of both tiers.

    Example:  cambium organization list --system s --env production
    """
    found = organizations.ask("list")
    if json:
        print_json(found)
        return
    table = Table(*LISTED, title="Organizations")
    for one in found:
        table.add_row(*(str(one[name]) for name in LISTED))
    results().print(table)


@organization.command()
@of_organizations
def suspend(organizations: Organizations, organization: OrganizationArgument) -> None:
    """Stop serving an organization; it is noticed everywhere within a minute. Its data stay.

    Example:  cambium organization suspend org_2ab --system s --env production
    """
    _say(organizations.ask("suspend", organization=organization))


@organization.command()
@of_organizations
def resume(organizations: Organizations, organization: OrganizationArgument) -> None:
    """Serve a suspended organization again.

    Example:  cambium organization resume org_2ab --system s --env production
    """
    _say(organizations.ask("resume", organization=organization))


def _say(entry: dict[str, Any]) -> None:
    name, where = entry["organization"], f"region {entry['region']}, shard {entry['shard']}"
    results().print(f"{name} is {entry['state']} in {where}  {entry['origin']}", markup=False)
