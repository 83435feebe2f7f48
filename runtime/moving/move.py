"""One move: both databases and their tables."""

from dataclasses import dataclass

from moving import record
from moving.check import require_tables
from moving.place import Place
from moving.settings import Settings
from moving.tables import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Both databases and their tables."""

    settings: Settings
    source: Place
    target: Place
    here: Schema
    there: Schema

    @classmethod
    def between(cls, source: Place, target: Place, settings: Settings) -> "Move":
        """Look at both.

        Raises:
            RefusedError: a database has other rows on record for this organization.
        """
        for place in (source, target):
            record.require_whose(place)
        here, there = (Schema.read(place.session, settings.column) for place in (source, target))
        return cls(settings=settings, source=source, target=target, here=here, there=there)

    @property
    def tenant(self) -> str:
        """Whose rows."""
        return self.settings.tenant

    @property
    def into_pool(self) -> bool:
        """Whether the target is shared; unless told, it is where a tenant once moved away from it."""
        if self.settings.into is not None:
            return self.settings.into == "pool"
        known = record.find(self.target, self.tenant)
        return known is not None and known.pool

    def require_tables(self) -> None:
        """Refuse tables that cannot be moved."""
        require_tables(self.source, self.target, self.here, self.there, self.settings)
