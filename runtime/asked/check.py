"""Compares with a schema by Powertools' validation, and refuses in the schema's own words."""

from typing import Any

from aws_lambda_powertools.utilities.validation import SchemaValidationError, validate

Schema = dict[str, Any]
"""A JSON Schema. Each ``description`` is how a refusal begins; what was got follows."""
SHOWN = 40


class RefusedError(Exception):
    """What was asked for cannot be; nothing has been changed."""


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


def only(fields: dict[str, Schema], **whole: Any) -> Schema:
    """An object with these fields and no other.

    Args:
        fields: By name.
        whole: What holds for the object besides.
    """
    return {"type": "object", **whole, "properties": fields, "additionalProperties": False}


def among(name: str, known: tuple[str, ...]) -> Schema:
    """One of some words."""
    return {"enum": list(known), "description": f"{name} must be one of {', '.join(known)}"}


def text(description: str) -> Schema:
    """Any text."""
    return {"type": "string", "description": description}


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
