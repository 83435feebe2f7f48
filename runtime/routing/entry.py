"""One row of the routing table."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

CACHE_SECONDS = 60
"""How long an answer is used without asking again; the model and the Worker have the same numbers."""
STALE_SECONDS = 3600
"""How long an old answer is used while nobody answers."""
TIERS = ("shared", "enterprise")
STATES = ("provisioning", "active", "suspended", "moving", "deleting")
RESIDENCIES = ("EU", "US")

TENANT_VALUE = "[A-Za-z0-9.:@|+=_-]{1,128}"
"""What the tenant column of the product's tables may hold: uuids, numbers, ids of identity providers. No
quote, blank, slash or semicolon, and nothing beyond ASCII, which can write the same text in several ways."""
TENANT_VALUE_WORDS = (
    "tenant_value must be what the tenant column holds: 1 to 128 letters, digits and . : @ | + = _ -"
)
VALUES_BY = ("", "moving", "moved")
_OPTIONAL = ("tenant_value", "tenant_value_by")
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")


class MalformedEntryError(Exception):
    """A row that cannot be used to lead anybody anywhere. Says which attribute, never its value."""


def valid_organization(text: object) -> bool:
    """Whether ``text`` can be the id of an organization: 63 letters, digits, ``_`` and ``-`` at most."""
    return isinstance(text, str) and bool(_ORGANIZATION.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an organization lives, and whether it is served."""

    organization: str
    region: str
    """The key of the region, such as ``eu``."""
    shard: str
    tier: str
    state: str
    residency: str
    origin: str
    """The host that answers for it; of an enterprise organization, its own service.

    Empty until there is one.
    """
    version: int = 1
    updated_at: str = ""
    tenant_value: str = ""
    """What the tenant column of the product's tables holds for it; nothing where nobody said. Moves read it,
    and no JSON object has it: who leads requests need not know."""
    tenant_value_by: str = ""
    """Who said that: ``moving``, a move that has not come to its end and takes it back if it fails;
    ``moved``, a move that has led its rows, which settles it; nothing, a placement."""

    def __post_init__(self) -> None:
        for name, fits in (
            ("organization", valid_organization(self.organization)),
            ("region", bool(re.fullmatch(r"[a-z][a-z0-9-]{0,39}", self.region))),
            ("shard", bool(re.fullmatch(r"[1-9][0-9]?", self.shard))),
            ("tier", self.tier in TIERS),
            ("state", self.state in STATES),
            ("residency", self.residency in RESIDENCIES),
            ("origin", bool(_HOST.fullmatch(self.origin)) or self._leads_nowhere_yet),
            ("version", self.version > 0),
            ("tenant_value", not self.tenant_value or bool(re.fullmatch(TENANT_VALUE, self.tenant_value))),
            ("tenant_value_by", self.tenant_value_by in VALUES_BY),
        ):
            if not fits:
                raise MalformedEntryError(f"{name} of a routing entry is not what it must be")

    @property
    def _leads_nowhere_yet(self) -> bool:
        return self.origin == "" and self.state != "active"

    @classmethod
    def from_item(cls, item: Mapping[str, Mapping[str, Any]]) -> Self:
        """The entry of a DynamoDB item, whose further attributes are ignored.

        Raises:
            MalformedEntryError: an attribute is missing or not possible.
        """
        return cls.from_json({name: next(iter(value.values()), None) for name, value in item.items()})

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The entry of a JSON object.

        Raises:
            MalformedEntryError: as above.
        """
        try:
            given = {name: str(values[name]) for name in cls.__slots__ if name not in ("version", *_OPTIONAL)}
            given |= {name: str(values.get(name) or "") for name in _OPTIONAL}
            return cls(**given, version=int(values["version"]))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedEntryError("a routing entry lacks an attribute") from error

    def to_json(self) -> dict[str, str | int]:
        """What a JSON object says of it."""
        return {name: value for name, value in asdict(self).items() if name not in _OPTIONAL}

    def to_item(self) -> dict[str, dict[str, str]]:
        """The DynamoDB item."""
        return {
            name: {"N": str(value)} if name == "version" else {"S": str(value)}
            for name, value in asdict(self).items()
            if name not in _OPTIONAL or value
        }


def now() -> str:
    """The time as entries have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
