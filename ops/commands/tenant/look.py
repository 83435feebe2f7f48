"""Verbs of ``tenant`` that only look: ``list``, ``show`` and ``skew``."""

from typing import Any

from config.region import Region
from ops.commands.options import JsonOption
from ops.commands.tenant.facts import history, lines, plain
from ops.commands.tenant.options import TenantArgument, of_tenants
from ops.console import print_json, results
from ops.report.tables import table, wide
from ops.tenants.machines import Tenants

INTERRUPTED = (
    "its last run was stopped before its end: start the same again to finish it; who was only being created "
    "can be deleted, too"
)
NOBODY = "no tenants yet"


@of_tenants
def list_tenants(tenants: Tenants, json: JsonOption = False) -> None:
    """List the tenants of every region, deleted ones included.

    Example:  cambium tenant list --system s --env production
    """
    found = [
        _told(tenants, region, one) for region in tenants.deployment.regions for one in tenants.every(region)
    ]
    if json:
        print_json([plain(one) for one in found])
        return
    if not found:
        results().print(NOBODY)
        return
    content = table("tenant", "state", "size", "image", "region", "address")
    for one in found:
        facts = (str(one.get(name, "")) for name in ("size", "image", "region"))
        content.add_row(one["tenant"], _state(one), *facts, one["origin"])
    wide(results(), content)


@of_tenants
def show(tenants: Tenants, tenant: TenantArgument, json: JsonOption = False) -> None:
    """Show what a tenant is, and everything that was done with it.

    Example:  cambium tenant show org-101 --system s --env production
    """
    region = tenants.region_of(tenant)
    known = _told(tenants, region, tenants.show(region, tenant))
    done = tenants.history(region, tenant)
    if json:
        print_json({**plain(known), "history": [plain(one) for one in done]})
        return
    for line in lines(plain(known)):
        results().print(line, markup=False, soft_wrap=True)
    if known.get("interrupted"):
        results().print(INTERRUPTED, markup=False, soft_wrap=True)
    results().print("\nWhat was done with it")
    for line in history(done):
        results().print(line, markup=False, soft_wrap=True)


@of_tenants
def skew(tenants: Tenants, json: JsonOption = False) -> None:
    """Say which image how many tenants run, and who runs it; deleted ones left out.

    Example:  cambium tenant skew --system s --env production
    """
    running = _running(tenants)
    if json:
        print_json(running)
        return
    if not running:
        results().print("no tenant runs an image")
        return
    content = table("image", "tenants", "who", right=["tenants"])
    for image, names in sorted(running.items(), key=lambda pair: -len(pair[1])):
        content.add_row(image, str(len(names)), ", ".join(names))
    results().print(content)


def _running(tenants: Tenants) -> dict[str, list[str]]:
    """Who runs which image."""
    running: dict[str, list[str]] = {}
    for region in tenants.deployment.regions:
        for one in tenants.every(region):
            if one["state"] in ("active", "suspended"):
                running.setdefault(str(one["image"]), []).append(str(one["tenant"]))
    return running


def _told(tenants: Tenants, region: Region, known: dict[str, Any]) -> dict[str, Any]:
    """What is known of a tenant, where requests are led now, and whether a run on it was stopped half way."""
    stopped = {"interrupted": True} if tenants.interrupted(region, known) else {}
    return {**known, "origin": tenants.address(known["tenant"]), **stopped}


def _state(known: dict[str, Any]) -> str:
    busy = "interrupted" if known.get("interrupted") else "busy"
    return f"{known['state']}{f' ({busy})' if known.get('operation') else ''}"
