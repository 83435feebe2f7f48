"""Runs what a verb of ``tenant`` asks for, and says what the tenant has become."""

from collections.abc import Mapping
from typing import Any

from config.region import Region
from ops.commands.tenant.telling import telling
from ops.console import results
from ops.tenants.machines import Tenants


def run(
    tenants: Tenants, region: Region, operation: str, request: dict[str, Any], requested_by: str | None
) -> None:
    """Run an operation on a tenant to its end.

    Raises:
        OperatorError: it was refused, or failed.
    """
    name = request["tenant"]
    told = {**request, "requested_by": requested_by}
    before = tenants.show(region, name)
    with telling(f"{operation} {name}") as say:
        tenants.run(region, operation, told, say)
    known = tenants.show(region, name)
    results().print(
        f"{name} is {known['state']}  {tenants.address(name)}".rstrip(), markup=False, soft_wrap=True
    )
    if known["state"] in ("active", "suspended"):
        shape = ", ".join(_became(before, known, fact) for fact in ("size", "image"))
        results().print(f"  {shape}", markup=False, soft_wrap=True)


def _became(before: Mapping[str, Any], known: Mapping[str, Any], fact: str) -> str:
    was, now = before.get(fact), known[fact]
    # Of one that was deleted, or is in the pool, it says nothing.
    if before.get("state") != known["state"] or was in ("", None, now):
        return f"{fact} {now}"
    return f"{fact} {now} instead of {was}"
