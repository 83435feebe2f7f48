"""What somebody asks for, checked before anything exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenants.failure import RefusedError
from tenants.settings import Settings

LONGEST_TENANT = 20
TENANT = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,19}")
IMAGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
SHOWN = 40
OPERATIONS = ("create", "update", "suspend", "resume", "delete", "move")
SIDES = ("silo", "pool")
"""Where a move goes: a database of its own, or everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request about one tenant; what is None was not said."""

    tenant: str
    size: str | None = None
    image: str | None = None
    confirm: str | None = None
    to: str | None = None
    requested_by: str = "unknown"


def parse(operation: str, given: Mapping[str, Any], tier: Settings) -> Request:
    """The request, or a refusal that says what is allowed.

    Raises:
        RefusedError: a value is not possible.
    """
    _among("operation", operation, OPERATIONS)
    tenant = given.get("tenant")
    if not (isinstance(tenant, str) and TENANT.fullmatch(tenant)):
        raise RefusedError(
            f"tenant must be 2 to {LONGEST_TENANT} lower-case letters, digits and single hyphens, beginning "
            f"with a letter and not ending with a hyphen, got {shown(tenant)}"
        )
    _among("tier", given.get("tier", tier.tier), (tier.tier,))
    _among("size", given.get("size", tier.sizes[0]), tier.sizes)
    image = given.get("image")
    if image is not None and not (isinstance(image, str) and IMAGE.fullmatch(image)):
        raise RefusedError(f"image must be the tag of an image, such as a commit, got {shown(image)}")
    _of_operation(operation, given, tier)
    if operation == "move":
        _of_move(given)
    return Request(
        tenant=tenant,
        size=given.get("size"),
        image=image,
        confirm=given.get("confirm"),
        to=given.get("to"),
        requested_by=str(given.get("requested_by") or "unknown")[:200],
    )


def shown(value: object) -> str:
    """A value as an error may quote it: short, and without control characters."""
    text = ascii(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(str(value))} characters)"


def _of_operation(operation: str, given: Mapping[str, Any], tier: Settings) -> None:
    if operation == "create":
        if given.get("residency") != tier.residency:
            raise RefusedError(
                f"residency must be {tier.residency}: this is region {tier.region_key}, and the data of a "
                f"tenant stays where it must, got {shown(given.get('residency'))}"
            )
        if given.get("image") is None:
            raise RefusedError("image must be the tag of the image the tenant begins with, got None")
    if operation == "update" and given.get("size") is None and given.get("image") is None:
        raise RefusedError("an update must say size or image, got neither")
    if operation == "delete" and given.get("confirm") != given.get("tenant"):
        raise RefusedError(
            "deleting a tenant must be confirmed by its id: confirm must be the tenant, "
            f"got {shown(given.get('confirm'))}"
        )


def _of_move(given: Mapping[str, Any]) -> None:
    _among("to", given.get("to"), SIDES)
    if given["to"] == "silo" and given.get("image") is None:
        raise RefusedError("image must be the tag of the image the services of the silo begin with, got None")


def _among(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RefusedError(f"{name} must be one of {', '.join(known)}, got {shown(value)}")
