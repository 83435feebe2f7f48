"""What somebody asks for, checked before anything exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asked.check import check
from tenants import schema
from tenants.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request about one tenant; what is None was not said."""

    tenant: str
    size: str | None = None
    image: str | None = None
    to: str | None = None
    tenant_value: str | None = None
    requested_by: str = "unknown"


def parse(operation: str, given: Mapping[str, Any], tier: Settings) -> Request:
    """The request, or a refusal that says what is allowed.

    Raises:
        RefusedError: a value is not possible, or a field is not known.
    """
    told = {**_said(given), "operation": operation}
    check(told, schema.of_request(operation, told, tier))
    return Request(
        tenant=told["tenant"],
        size=told.get("size"),
        image=told.get("image"),
        to=told.get("to"),
        tenant_value=told.get("tenant_value"),
        requested_by=str(told.get("requested_by") or "unknown")[:200],
    )


def parse_wave(given: Mapping[str, Any]) -> dict[str, Any]:
    """The request for a wave, or a refusal.

    Raises:
        RefusedError: as above.
    """
    told = _said(given)
    check(told, schema.of_wave())
    return told


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
