"""``tenant``: makes, changes and deletes tenants that have a stack for themselves, on the embedded AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.table import Table

from config.region import Region
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, PhaseOption, PlatformOption, SystemOption
from ops.console import print_json, progress, results
from ops.embedded import emulator
from ops.embedded.aws import Places
from ops.outcome import ExitCode, OperatorError
from ops.tenants.machines import Tenants
from ops.workspace import Workspace

GUIDE = "docs/runbooks/tenants.md"
LISTED = ("tenant", "state", "size", "image", "residency", "origin")

tenant = typer.Typer(
    help="Tenants with a database and services of their own. In a real account the same state machines are "
    f"started as {GUIDE} says.\n\n"
    "Example:  cambium tenant list --system s --env production",
    no_args_is_help=True,
)

TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Its id, such as org-101.")]
SizeOption = Annotated[str | None, typer.Option("--size", help="Size of its database, by name.")]


@tenant.command()
def create(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    residency: Annotated[str, typer.Option("--residency", help="Where its data must lie: EU, US, ...")],
    image: Annotated[str, typer.Option("--image", help="Tag of the image its services begin with.")],
    size: SizeOption = None,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Make a tenant: stack, database, secrets, migration, routing, services.

    Example:  cambium tenant create org-101 --system s --env production --residency EU --image 3f2c1ab
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    request = {"tenant": tenant, "residency": residency, "image": image, "size": size}
    _run(tenants, tenants.home_of(residency), "create", request)


@tenant.command()
def update(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    image: Annotated[str | None, typer.Option("--image", help="Tag of the image to run.")] = None,
    size: SizeOption = None,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Give a tenant another size or another image: the schema first, then the services.

    Example:  cambium tenant update org-101 --system s --env production --size xlarge
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    _run(tenants, tenants.region_of(tenant), "update", {"tenant": tenant, "image": image, "size": size})


@tenant.command()
def suspend(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Stop serving a tenant; its database stays as it is.

    Example:  cambium tenant suspend org-101 --system s --env production
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    _run(tenants, tenants.region_of(tenant), "suspend", {"tenant": tenant})


@tenant.command()
def resume(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Serve a suspended tenant again.

    Example:  cambium tenant resume org-101 --system s --env production
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    _run(tenants, tenants.region_of(tenant), "resume", {"tenant": tenant})


@tenant.command()
def delete(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    confirm: Annotated[str | None, typer.Option("--confirm", help="The id again.")] = None,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Delete a tenant, after a last snapshot that is kept for the days the configuration says.

    Example:  cambium tenant delete org-101 --system s --env production --confirm org-101
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    _run(tenants, tenants.region_of(tenant), "delete", {"tenant": tenant, "confirm": confirm})


@tenant.command("list")
def list_tenants(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
) -> None:
    """List the tenants of every region, deleted ones included.

    Example:  cambium tenant list --system s --env production
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    found = [one for region in tenants.deployment.regions for one in tenants.every(region)]
    if json:
        print_json([_plain(one) for one in found])
        return
    table = Table(*LISTED, title="Tenants")
    for one in found:
        table.add_row(*(_cell(one, name) for name in LISTED))
    results().print(table)


@tenant.command()
def show(
    ctx: typer.Context,
    tenant: TenantArgument,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a tenant is, and everything that was done with it.

    Example:  cambium tenant show org-101 --system s --env production
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    region = tenants.region_of(tenant)
    known, history = tenants.show(region, tenant), tenants.history(region, tenant)
    if json:
        print_json({**_plain(known), "history": [_plain(one) for one in history]})
        return
    for name, value in sorted(_plain(known).items()):
        results().print(f"{name:<22}{value}", markup=False)
    for one in history:
        when, what = one.get("started_at") or one.get("deleted_at"), one.get("operation", "certificate")
        results().print(f"{when}  {what:<12}{one.get('outcome', '')}", markup=False)


@tenant.command()
def skew(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    json: JsonOption = False,
) -> None:
    """Say which image how many tenants run, and who runs it; deleted ones left out.

    Example:  cambium tenant skew --system s --env production
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    running: dict[str, list[str]] = {}
    for region in tenants.deployment.regions:
        for one in tenants.every(region):
            if one["state"] in ("active", "suspended"):
                running.setdefault(str(one["image"]), []).append(str(one["tenant"]))
    if json:
        print_json(running)
        return
    table = Table("image", "tenants", "who", title="Images of tenants")
    for image, names in sorted(running.items(), key=lambda pair: -len(pair[1])):
        table.add_row(image, str(len(names)), ", ".join(names))
    results().print(table)


@tenant.command()
def wave(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    image: Annotated[str, typer.Option("--image", help="Tag of the image to run.")],
    canary: Annotated[
        list[str] | None, typer.Option("--canary", help="Who gets it first; may be said again.")
    ] = None,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
) -> None:
    """Bring all active tenants to an image: canaries, a tenth, the rest; stop at a failure.

    Run it again to go on: who has the image is left out.

    Example:  cambium tenant wave --system s --env production --image 3f2c1ab --canary org-101
    """
    tenants = _tenants(ctx, Target(system, env, phase, platform))
    for region in tenants.deployment.regions:
        request = {"image": image, "canaries": canary or [], "requested_by": "cambium"}
        with _telling(f"wave in {region.key}") as say:
            tenants.run(region, "wave", request, say)
        results().print(f"all active tenants in {region.key} run {image}", markup=False)


@contextmanager
def _telling(what: str) -> Iterator[Any]:
    with progress().status(what) as status:
        yield lambda step: status.update(f"{what}: {step}")


def _run(tenants: Tenants, region: Region, operation: str, request: dict[str, Any]) -> None:
    name = request["tenant"]
    with _telling(f"{operation} {name}") as say:
        tenants.run(region, operation, {**request, "requested_by": "cambium"}, say)
    known = tenants.show(region, name)
    results().print(f"{name} is {known['state']}  {known.get('origin', '')}", markup=False)


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
    running = emulator.find(workspace)
    if running is None:
        raise OperatorError(ExitCode.NOT_RUNNING, "the embedded AWS does not run", hint=target.command_up)
    return Tenants(deployment, Places(running.url))


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "item" and value not in ("", [])} | {
        key: [int(one) for one in value] for key, value in item.items() if key == "priorities"
    }


def _cell(item: dict[str, Any], name: str) -> str:
    busy = name == "state" and item.get("operation")
    return f"{item.get(name, '')}{' (busy)' if busy else ''}"
