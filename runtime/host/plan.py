"""What runs on the machine: the plan that synthesis wrote from the configuration."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from host.failure import HostError

Slot = Literal["blue", "green"]
SLOTS: tuple[Slot, Slot] = ("blue", "green")
"""The two places of a service that is released without a gap: one serves, the other waits for the next."""

Kind = Literal["rolling", "worker", "steady", "once"]


def other(slot: Slot) -> Slot:
    """The slot that is not ``slot``."""
    return "green" if slot == "blue" else "blue"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the plan."""

    name: str
    kind: Kind
    """``rolling`` takes requests and is released beside the old; a ``worker`` takes its place; ``steady`` is
    somebody else's program, which no release touches; ``once`` runs before a release is accepted."""
    health_path: str = "/"
    ports: tuple[int, ...] = ()
    """Loopback ports of a rolling service, in the order of the slots."""

    def port(self, slot: Slot) -> int:
        """Where its container of that slot answers on loopback."""
        return self.ports[SLOTS.index(slot)]


@dataclass(frozen=True, kw_only=True)
class SmokeTests:
    """Where the five tests look; see ``smoke_tests``."""

    api_host: str
    health_path: str
    login_path: str
    refresh_path: str
    patients_path: str
    pages_host: str
    pages_service: str
    certificate_days: int
    """A certificate must be valid for so many more days."""


@dataclass(frozen=True, kw_only=True)
class SecretFile:
    """A secret, and the file in memory that its values are written to."""

    secret: str
    """Its name in Secrets Manager."""
    file: str
    """``<service>.env`` for a container; ``front-door.json`` for what the door and the tests need."""
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long a release waits for what, in seconds."""

    health: float
    poll: float
    drain: float
    stop: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a release needs to know."""

    system: str
    services: tuple[Service, ...]
    timing: Timing
    smoke: SmokeTests
    secrets: tuple[SecretFile, ...] = ()
    region: str = ""
    namespace: str = "Host"
    """Of the metrics that ``watch`` sends."""
    registry: str = ""
    """Where images come from, when it asks for a login."""

    def of(self, *kinds: Kind) -> tuple[Service, ...]:
        """The services of these kinds, in the order of the plan."""
        return tuple(service for service in self.services if service.kind in kinds)

    def service(self, name: str) -> Service:
        """The service of that name."""
        return next(service for service in self.services if service.name == name)


def load_plan(path: Path) -> Plan:
    """Read the plan.

    Raises:
        HostError: it is not there, or not a plan.
    """
    try:
        return parse_plan(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise HostError(
            f"{path} is not the plan of this machine ({error}): deploy the infrastructure again"
        ) from None


def parse_plan(given: dict[str, Any]) -> Plan:
    """The plan in ``given``."""
    return Plan(
        system=given["system"],
        services=tuple(Service(**_with_tuple(service, "ports")) for service in given["services"]),
        timing=Timing(**given["timing"]),
        smoke=SmokeTests(**given["smoke"]),
        secrets=tuple(SecretFile(**_with_tuple(secret, "keys")) for secret in given["secrets"]),
        region=given["region"],
        namespace=given["namespace"],
        registry=given["registry"],
    )


def _with_tuple(given: dict[str, Any], field: str) -> dict[str, Any]:
    return {**given, field: tuple(given.get(field, ()))}
