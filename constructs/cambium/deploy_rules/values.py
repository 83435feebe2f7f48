"""Reads values of a template that may be missing, quoted, or decided only by the deploy."""

import math
from typing import Any


def as_dict(value: Any) -> dict[str, Any]:
    """``value`` when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def is_intrinsic(value: Any) -> bool:
    """Whether CloudFormation computes ``value`` at deploy."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (key,) = value
    return key == "Ref" or str(key).startswith("Fn::")


def number(value: Any) -> float | None:
    """A number or a string that is one (``"50"``), else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def flag(value: Any) -> bool | None:
    """A boolean or a string that is one (``"true"``), else None."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(text(value))


def text(value: Any) -> str:
    """A string in lower case, as AWS compares engine and storage names; else an empty one."""
    return value.lower() if isinstance(value, str) else ""
