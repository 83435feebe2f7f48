"""How much a copy wrote."""

from dataclasses import dataclass


@dataclass(slots=True)
class Copied:
    """What was written to the target."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    megabytes: float = 0.0
    seconds: float = 0.0
    discarded: int = 0
    """Of these, rows written only because somebody had written to a target that never served."""

    def add(self, *, inserted: int = 0, updated: int = 0, deleted: int = 0, size: int = 0) -> None:
        """Count more."""
        self.inserted += inserted
        self.updated += updated
        self.deleted += deleted
        self.megabytes += size / 1e6
