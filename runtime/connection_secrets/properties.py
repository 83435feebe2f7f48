"""Reads the properties of a custom resource, where CloudFormation has made every scalar a string."""

import re
from collections.abc import Mapping

from connection_secrets.failure import ActionableError

Properties = Mapping[str, object]

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_HIGHEST_PORT = 65535


def text(properties: Properties, name: str) -> str:
    """Return a non-empty string."""
    value = properties.get(name)
    if not isinstance(value, str) or not value:
        raise ActionableError(f"{name} must be a non-empty string")
    return value


def texts(properties: Properties, name: str) -> tuple[str, ...]:
    """Return the non-empty strings of a list."""
    found = tuple(value for value in items(properties, name) if isinstance(value, str) and value)
    if len(found) != len(items(properties, name)):
        raise ActionableError(f"{name} must hold non-empty strings")
    return found


def optional_text(properties: Properties, name: str) -> str | None:
    """Return a string, or None when the property is absent or empty."""
    return text(properties, name) if properties.get(name) else None


def host(properties: Properties, name: str = "Host") -> str:
    """Return a host name; anything else could smuggle a part of a URL."""
    return _host(name, properties.get(name))


def hosts(properties: Properties, name: str = "Hosts") -> tuple[str, ...]:
    """Return at least one host name."""
    found = tuple(_host(name, value) for value in items(properties, name))
    if not found:
        raise ActionableError(f"{name} must name at least one host")
    return found


def port(properties: Properties, name: str = "Port") -> int:
    """Return a TCP port."""
    return whole_number(properties, name, 1, _HIGHEST_PORT)


def whole_number(properties: Properties, name: str, least: int, most: int) -> int:
    """Return a whole number inside bounds."""
    value = str(properties.get(name, ""))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ActionableError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
    return int(value)


def truth(properties: Properties, name: str) -> bool:
    """Return whether it is true; there is no default."""
    value = properties.get(name)
    if value not in ("true", "false"):
        raise ActionableError(f"{name} must be 'true' or 'false', got {value!r}")
    return value == "true"


def role_name(properties: Properties, name: str = "Name") -> str:
    """Return a name for a role that needs no quoting and no case rules."""
    return _matching(_ROLE, name, text(properties, name))


def database_name(properties: Properties, name: str = "Database") -> str:
    """Return a database name as RDS allows it."""
    return _matching(_DATABASE, name, text(properties, name))


def items(properties: Properties, name: str) -> list[object]:
    """Return a list; absent means empty."""
    value = properties.get(name, [])
    if not isinstance(value, list):
        raise ActionableError(f"{name} must be a list")
    return value


def mapping(properties: Properties, name: str) -> Properties:
    """Return a map; absent means empty."""
    return as_mapping(name, properties.get(name, {}))


def as_mapping(name: str, value: object) -> Properties:
    """Return ``value`` if it is a map."""
    if not isinstance(value, dict):
        raise ActionableError(f"{name} must be a map")
    return value


def _host(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ActionableError(f"{name} must be a host name")
    return _matching(_HOST, name, value)


def _matching(pattern: re.Pattern[str], name: str, value: str) -> str:
    if not pattern.fullmatch(value):
        raise ActionableError(f"{name} must match {pattern.pattern}, got {value!r}")
    return value
