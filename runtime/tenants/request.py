"""What somebody asks for, checked before anything exists: by Powertools' validation, refused in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.validation import SchemaValidationError, validate

from tenants import schema
from tenants.failure import RefusedError
from tenants.schema import Schema
from tenants.settings import Settings

SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request about one tenant; what is None was not said."""

    tenant: str
    size: str | None = None
    image: str | None = None
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


def check(told: dict[str, Any], allowed: Schema) -> None:
    """Compare with a schema.

    Raises:
        RefusedError: begins with the description of what does not fit, and ends with what was got.
    """
    try:
        validate(event=told, schema=allowed)
    except SchemaValidationError as error:
        raise RefusedError(_words(error)) from None


def shown(value: object) -> str:
    """A value as an error may quote it: short, and without control characters."""
    text = ascii(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(str(value))} characters)"


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _words(error: SchemaValidationError) -> str:
    allowed: Schema = error.definition or {}
    value: Any = error.value
    fields = allowed.get("properties", {})
    if error.rule == "required":
        missing = next(name for name in allowed["required"] if name not in value)
        return f"{fields[missing]['description']}, got None"
    if error.rule == "additionalProperties":
        unknown = next(name for name in value if name not in fields)
        return f"a field must be one of {', '.join(fields)}, got {shown(unknown)}"
    if error.rule == "anyOf":
        return str(allowed["description"])
    return f"{allowed['description']}, got {shown(value)}"
