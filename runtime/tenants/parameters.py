"""The parameters of a tenant's stack: as it is, as it is to be, and on the way there."""

from collections.abc import Mapping
from typing import Any

from tenants import quotas, registry
from tenants.registry import Tenant
from tenants.request import Request
from tenants.settings import Settings

Parameters = dict[str, str]


def priorities(facts: Mapping[str, Any], tier: Settings) -> list[int]:
    """Numbers for the listener's rules of a tenant: its own, and where it lacks some, free ones.

    Who was made on App Runner lacks all of them, and who was made before the tier got a service lacks one.
    They are counted down, without those that are taken.
    """
    found = [int(number) for number in facts.get("priorities", [])]
    if tier.platform != "fargate" or len(found) >= tier.services:
        return found
    taken = quotas.priorities(tier)
    while len(found) < tier.services:
        number = tier.last_priority - registry.next_number()
        if number not in taken:
            found.append(number)
    return found


def parameters(known: Tenant, facts: Mapping[str, Any], tier: Settings) -> Parameters:
    """The parameters of its stack, as it is. CloudFormation refuses one that the template does not have."""
    asked = facts.get("priorities", [])[: tier.services] if tier.platform == "fargate" else []
    numbers = {f"Priority{n}": str(value) for n, value in enumerate(asked, start=1)}
    return {
        "TenantId": known.tenant,
        "Size": facts["size"],
        "Image": facts["image"],
        "MigrationImage": facts["image"],
        "Serve": "no" if "suspended" in (known.state, facts.get("prior")) else "yes",
        "Protected": "true",
        **numbers,
    }


def changed(operation: str, request: Request) -> Parameters:
    """What an operation changes of them."""
    changed = {"suspend": {"Serve": "no"}, "resume": {"Serve": "yes"}}.get(operation, {})
    if operation == "update" and request.size:
        changed["Size"] = request.size
    if operation == "update" and request.image:
        changed |= {"Image": request.image, "MigrationImage": request.image}
    return changed


def restored(before: Parameters, was: Parameters) -> Parameters:
    """What the way back leads to, with the template that the stack had: it has neither more of them nor less.

    What is the same for every tenant comes from the stack itself, since another release may tell another.

    Args:
        before: What the registry says.
        was: What the stack was told.
    """
    return {**was, **{key: value for key, value in before.items() if key in was}} if was else before


def prepared(operation: str, before: Parameters, wanted: Parameters) -> Parameters:
    """What the stack is on the way: nothing that serves changes before the schema has."""
    if operation == "create":
        return {**wanted, "Serve": "no", "Protected": "false"}
    if operation == "delete":
        return {**before, "Serve": "no"}
    return {**before, "MigrationImage": wanted["MigrationImage"]}
