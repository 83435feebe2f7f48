"""Reads values out of JSON, and refuses what could mean something else in PgBouncer's files."""

import json
import re
from collections.abc import Mapping

from pgbouncer.failure import SettingsError, must

Fields = Mapping[str, object]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def document(environ: Mapping[str, str], variable: str) -> Fields:
    """Return the JSON object in an environment variable; its text is in no error, it may be secret."""
    try:
        values = json.loads(environ.get(variable, ""))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise SettingsError(f"{variable} must be a JSON object, and is absent or something else")
    return values


def mapping(fields: Fields, name: str) -> Fields:
    """Return a map with at least one entry; its values are in no error, they may be secret."""
    value = fields.get(name)
    if not isinstance(value, dict) or not value:
        raise SettingsError(f"{name} must be a map with at least one entry")
    return value


def only(fields: Fields, allowed: tuple[str, ...], name: str) -> None:
    """Refuse a field nobody reads: it would be a misspelt one."""
    unknown = sorted(fields.keys() - set(allowed))
    if unknown:
        raise must(name, f"made of {', '.join(allowed)}", ", ".join(unknown))


def whole_number(fields: Fields, name: str, lowest: int, highest: int) -> int:
    """Return a whole number within bounds."""
    value = fields.get(name)
    # A bool is an int to Python.
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise must(name, f"a whole number from {lowest} to {highest}", value)
    return value


def name(field: str, value: object) -> str:
    """Return a database's name as RDS allows it, which needs no quoting in an ini file."""
    return _matching(_NAME, field, value)


def role(field: str, value: object) -> str:
    """Return a role's name that needs no quoting and no case rules."""
    return _matching(_ROLE, field, value)


def host(field: str, value: object) -> str:
    """Return a host name; anything else could smuggle in another setting."""
    return _matching(_HOST, field, value)


def title(field: str, value: object) -> str:
    """Return a name for people and metrics."""
    return _matching(_TITLE, field, value)


def _matching(pattern: re.Pattern[str], field: str, value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise must(field, f"text that matches {pattern.pattern}", value)
    return value
