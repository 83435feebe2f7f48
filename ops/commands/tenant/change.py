"""Verbs of ``tenant`` about one of them: made, changed, suspended, resumed, moved, deleted."""

from ops.commands.tenant.options import (
    ConfirmOption,
    ImageOption,
    OtherImageOption,
    RequestedByOption,
    ResidencyOption,
    SizeOption,
    TenantArgument,
    TenantValueOption,
    ToOption,
    of_tenants,
)
from ops.commands.tenant.running import run
from ops.commands.tenant.telling import telling
from ops.console import results
from ops.tenants.machines import Tenants


@of_tenants
def create(
    tenants: Tenants,
    tenant: TenantArgument,
    residency: ResidencyOption,
    image: ImageOption,
    size: SizeOption = None,
    tenant_value: TenantValueOption = None,
    requested_by: RequestedByOption = None,
) -> None:
    """Make a tenant: stack, database, secrets, migration, routing, services.

    Example:  cambium tenant create org-101 --system s --env production --residency EU --image 3f2c1ab
    """
    request = {
        "tenant": tenant,
        "residency": residency,
        "image": image,
        "size": size,
        "tenant_value": tenant_value,
    }
    run(tenants, tenants.home_of(residency), "create", request, requested_by)


@of_tenants
def update(
    tenants: Tenants,
    tenant: TenantArgument,
    image: OtherImageOption = None,
    size: SizeOption = None,
    requested_by: RequestedByOption = None,
) -> None:
    """Give a tenant another size or another image: the schema first, then the services.

    Example:  cambium tenant update org-101 --system s --env production --size xlarge
    """
    request = {"tenant": tenant, "image": image, "size": size}
    run(tenants, tenants.region_of(tenant), "update", request, requested_by)


@of_tenants
def suspend(tenants: Tenants, tenant: TenantArgument, requested_by: RequestedByOption = None) -> None:
    """Stop serving a tenant; its database stays as it is.

    Example:  cambium tenant suspend org-101 --system s --env production
    """
    run(tenants, tenants.region_of(tenant), "suspend", {"tenant": tenant}, requested_by)


@of_tenants
def resume(tenants: Tenants, tenant: TenantArgument, requested_by: RequestedByOption = None) -> None:
    """Serve a suspended tenant again.

    Example:  cambium tenant resume org-101 --system s --env production
    """
    run(tenants, tenants.region_of(tenant), "resume", {"tenant": tenant}, requested_by)


@of_tenants
def delete(
    tenants: Tenants,
    tenant: TenantArgument,
    confirm: ConfirmOption = None,
    requested_by: RequestedByOption = None,
) -> None:
    """Delete a tenant, after a last snapshot that is kept for the days the configuration says.

    Example:  cambium tenant delete org-101 --system s --env production --confirm org-101
    """
    request = {"tenant": tenant, "confirm": confirm}
    run(tenants, tenants.region_of(tenant), "delete", request, requested_by)


@of_tenants
def move(
    tenants: Tenants,
    tenant: TenantArgument,
    to: ToOption,
    image: OtherImageOption = None,
    size: SizeOption = None,
    tenant_value: TenantValueOption = None,
    requested_by: RequestedByOption = None,
) -> None:
    """Move an organization out of the pool into a silo of its own, or back.

    It answers 503 for the time in which what was written last is copied and both sides are compared. Say
    --tenant-value where the tenant column of the tables does not hold its id.

    Example:  cambium tenant move org-101 --to silo --image 3f2c1ab --tenant-value org_2abC --system s
    --env production
    """
    request = {"tenant": tenant, "to": to, "image": image, "size": size, "tenant_value": tenant_value}
    run(tenants, tenants.region_of_organization(tenant), "move", request, requested_by)


@of_tenants
def clear(tenants: Tenants, tenant: TenantArgument) -> None:
    """Delete what a tenant that moved into its silo has left in the pool, before its days are over.

    Of one that no silo serves any more, lift the fence, so that its id may be used in the pool again.

    Example:  cambium tenant clear org-101 --system s --env production
    """
    region = tenants.region_of(tenant)
    with telling(f"clear {tenant}") as say:
        left = tenants.clear(region, tenant, say)
    results().print(f"{tenant} {left}", markup=False)
