"""What the container of a pooler is told, as ECS would tell it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.services import secretsmanager

SETTINGS = "POOL_SETTINGS"
Container = Mapping[str, Any]


class NotStartedError(Exception):
    """A pooler can't be started; the message says why and quotes no secret."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The database behind a name that clients of the pool know."""

    host: str
    port: int
    database: str


@dataclass(frozen=True, slots=True)
class Told:
    """The environment of a container, with secrets."""

    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_container(cls, container: Container) -> "Told":
        """Read environment and secrets of a container definition.

        Raises:
            NotStartedError: A secret has no such version.
        """
        plain = {one["name"]: one["value"] for one in container.get("environment") or []}
        secrets = [_as_in_the_api(one) for one in container.get("secrets") or []]
        return cls({**plain, **{one["name"]: _secret(one["valueFrom"]) for one in secrets}})

    @property
    def settings(self) -> dict[str, Any]:
        """Return what is no secret."""
        settings: dict[str, Any] = json.loads(self.environment[SETTINGS])
        return settings

    @property
    def port(self) -> int:
        """Return where the template has the container listen."""
        return int(self.settings["listen_port"])

    @property
    def upstreams(self) -> dict[str, Upstream]:
        """Return the databases by the names clients know."""
        return {
            alias: Upstream(self.environment[one["host_from"]], int(one["port"]), one["database"])
            for alias, one in self.settings["databases"].items()
        }

    def moved(self, port: int, upstreams: Mapping[str, Upstream]) -> "Told":
        """Return the same with other ports."""
        databases = {
            alias: {**one, "port": upstreams[alias].port} for alias, one in self.settings["databases"].items()
        }
        settings = {**self.settings, "listen_port": port, "databases": databases}
        return Told({**self.environment, SETTINGS: json.dumps(settings)})


def pooler_in(definition: Mapping[str, Any]) -> Container | None:
    """Return the container of a task definition that is a pooler."""
    for container in definition["containerDefinitions"]:
        if any(one["name"] == SETTINGS for one in container.get("environment") or []):
            found: Container = container
            return found
    return None


def _as_in_the_api(entry: Mapping[str, str]) -> dict[str, str]:
    # MiniStack keeps these names as the template has them.
    return {name[:1].lower() + name[1:]: value for name, value in entry.items()}


def _secret(value_from: str) -> str:
    # An ARN, which has seven parts, or the name that MiniStack answers to Ref; then ECS's own three.
    parts = value_from.split(":")
    length = 7 if parts[0] == "arn" else 1
    key, stage, version = [*parts[length:], "", "", ""][:3]
    secret, wanted = ":".join(parts[:length]), version or stage or "AWSCURRENT"
    text = secretsmanager.resolve_secret_string(secret, stage or "AWSCURRENT", version or None)
    if text is None:
        raise NotStartedError(f"secret {secret} has no value at version {wanted}")
    if not key:
        return str(text)
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise NotStartedError(f"secret {secret} has no key {key}") from None
