"""Leaves alone, for a moment, what has just failed: nobody waits for it again and again."""

from collections.abc import Callable


class Breaker:
    """Remembers a failure for ``seconds``."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds, self._clock = seconds, clock
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it failed so recently that asking again is not worth the wait."""
        return self._clock() < self._until

    def failed(self) -> None:
        """It failed now."""
        self._until = self._clock() + self._seconds
