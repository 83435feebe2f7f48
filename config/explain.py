"""Turns what pydantic found into sentences: which field, what is allowed, what it got."""

from typing import Any

from pydantic import BaseModel, ValidationError

MAY_HOLD_SECRETS = ("secrets", "environment")
"""Fields somebody may paste a key into by mistake: what they hold is never repeated."""

_PHRASES = {
    "missing": "must be given",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be True or False",
    "bool_parsing": "must be True or False",
    "string_type": "must be text",
    "tuple_type": "must be a tuple, such as (first, second) or (only,)",
    "is_instance_of": "must be a {class}",
    "model_type": "must be a {class_name}",
    "mapping_type": "must be a mapping such as {{name: value}}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} of them",
    "string_too_short": "must have at least {min_length} characters",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
}
"""Our words for pydantic's kinds of error; a kind that is not here keeps pydantic's."""


def explain(error: ValidationError, *, subject: str) -> str:
    """Say what was found, one line per field."""
    lines = [f"{subject} is not valid:"]
    for detail in error.errors(include_url=False):
        field = ".".join([error.title, *(str(part) for part in detail["loc"])])
        said = _sentence(detail["type"], detail.get("ctx", {}), detail["msg"])
        secret = any(part in MAY_HOLD_SECRETS for part in detail["loc"])
        lines.append(f"  {field}: {said}{'' if secret else _got(detail['input'], kind=detail['type'])}")
    return "\n".join(lines)


def _sentence(kind: str, context: dict[str, Any], message: str) -> str:
    phrase = _PHRASES.get(kind)
    return phrase.format(**context) if phrase else message.removeprefix("Value error, ")


def _got(value: Any, *, kind: str) -> str:
    # The input of a missing field, or of a rule about a whole value, is everything around it.
    if kind == "missing" or isinstance(value, dict | BaseModel):
        return ""
    shown = repr(value)
    return f", got {shown}" if len(shown) <= 80 else ""
