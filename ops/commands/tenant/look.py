"""Verbs of ``tenant`` that only look: ``list``, ``show`` and ``skew``."""

from decimal import Decimal
from typing import Any

from rich.table import Table

from config.region import Region
from ops.commands.options import JsonOption
from ops.commands.tenant.options import TenantArgument, of_tenants
from ops.console import print_json, results
from ops.tenants.machines import Tenants

INTERRUPTED = (
    "its last run was stopped before its end: start the same again to finish it; who was only being created "
    "can be deleted, too"
)
LISTED = ("tenant", "state", "size", "image", "residency", "origin")


@of_tenants
def list_tenants(tenants: Tenants, json: JsonOption = False) -> None:
    """List the tenants of every region, deleted ones included.

    Example:  cambium tenant list --system s --env production
    """
    found = [
        _told(tenants, region, one) for region in tenants.deployment.regions for one in tenants.every(region)
    ]
    if json:
        print_json([_plain(one) for one in found])
        return
    table = Table(*LISTED, title="Tenants")
    for one in found:
        table.add_row(*(_cell(one, name) for name in LISTED))
    results().print(table)


@of_tenants
def show(tenants: Tenants, tenant: TenantArgument, json: JsonOption = False) -> None:
    """Show what a tenant is, and everything that was done with it.

    Example:  cambium tenant show org-101 --system s --env production
    """
    region = tenants.region_of(tenant)
    known = _told(tenants, region, tenants.show(region, tenant))
    history = tenants.history(region, tenant)
    if json:
        print_json({**_plain(known), "history": [_plain(one) for one in history]})
        return
    for name, value in sorted(_plain(known).items()):
        results().print(f"{name:<22}{value}", markup=False)
    if known.get("interrupted"):
        results().print(INTERRUPTED, markup=False)
    for one in history:
        when, what = one.get("started_at") or one.get("deleted_at"), one.get("operation", "certificate")
        results().print(f"{when}  {what:<12}{one.get('outcome', '')}", markup=False)


@of_tenants
def skew(tenants: Tenants, json: JsonOption = False) -> None:
    """Say which image how many tenants run, and who runs it; deleted ones left out.

    Example:  cambium tenant skew --system s --env production
    """
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


def _told(tenants: Tenants, region: Region, known: dict[str, Any]) -> dict[str, Any]:
    """What is known of a tenant, and whether a run on it was stopped half way."""
    return {**known, **({"interrupted": True} if tenants.interrupted(region, known) else {})}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {key: _whole(value) for key, value in item.items() if key != "item" and value not in ("", [])}


def _whole(value: Any) -> Any:
    """A value with the table's numbers, all of which are whole, as Python's."""
    match value:
        case Decimal():
            return int(value)
        case list():
            return [_whole(one) for one in value]
        case dict():
            return {key: _whole(one) for key, one in value.items()}
    return value


def _cell(item: dict[str, Any], name: str) -> str:
    busy = "interrupted" if item.get("interrupted") else "busy"
    return f"{item.get(name, '')}{f' ({busy})' if name == 'state' and item.get('operation') else ''}"
