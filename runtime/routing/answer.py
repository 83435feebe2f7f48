"""What was read of an organization, and when."""

import json
from dataclasses import dataclass
from typing import Self

from routing.entry import CACHE_SECONDS, STALE_SECONDS, Entry, MalformedEntryError

UNKNOWN_SECONDS = 5
"""How long nobody is asked again about an organization that there is not: it may be about to be created."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found; ``entry`` is None where there is no such organization."""

    entry: Entry | None
    read_at: float
    """Seconds since 1970."""

    def is_fresh(self, now_seconds: float) -> bool:
        """Whether it may be used without asking again. One from the future may not: some clock is wrong."""
        return 0 <= now_seconds - self.read_at < (CACHE_SECONDS if self.entry else UNKNOWN_SECONDS)

    def is_usable(self, now_seconds: float) -> bool:
        """Whether it may be used while nobody can be asked."""
        return self.entry is not None and 0 <= now_seconds - self.read_at < STALE_SECONDS

    def to_text(self) -> str:
        """As a cache keeps it."""
        return json.dumps({"at": self.read_at, "entry": self.entry.to_json() if self.entry else None})

    @classmethod
    def from_text(cls, text: str | bytes, organization: str) -> Self | None:
        """What a cache kept; None for what is not an answer about ``organization``."""
        try:
            kept = json.loads(text)
            entry = Entry.from_json(kept["entry"]) if kept["entry"] else None
            read_at = float(kept["at"])
        except (AttributeError, KeyError, TypeError, ValueError, MalformedEntryError):
            return None
        return cls(entry, read_at) if entry is None or entry.organization == organization else None
