"""Where answers are kept: in Redis, for all instances of a service; in memory, for when there is no Redis."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol

from routing.answer import Answer
from routing.breaker import Breaker
from routing.entry import STALE_SECONDS

MOST_IN_MEMORY = 10_000
"""Organizations whose answers one process keeps; about 5 MB."""
PAUSE_SECONDS = 1.0
"""How long Redis is left alone after it failed."""


class RedisClient(Protocol):
    """What is used of a Redis client, such as redis-py's; give it timeouts of a fraction of a second."""

    def get(self, name: str) -> Any:
        """The value of a key, or None."""

    def set(self, name: str, value: str, *, ex: int) -> Any:
        """Keep a value for so many seconds."""


class InRedis:
    """Answers in Redis. A failure of Redis is a miss, never an error."""

    def __init__(self, client: RedisClient, *, prefix: str, clock: Callable[[], float]) -> None:
        self._client, self._prefix = client, prefix
        self._breaker = Breaker(PAUSE_SECONDS, clock)

    def get(self, organization: str) -> Answer | None:
        """What is kept, or None."""
        text = self._try(lambda: self._client.get(self._prefix + organization))
        return Answer.from_text(text, organization) if isinstance(text, str | bytes) else None

    def put(self, organization: str, answer: Answer) -> None:
        """Keep ``answer`` for as long as it may ever be used."""
        self._try(lambda: self._client.set(self._prefix + organization, answer.to_text(), ex=STALE_SECONDS))

    def _try(self, act: Callable[[], Any]) -> Any:
        if self._breaker.is_open:
            return None
        try:
            return act()
        except Exception:
            # Whatever a client raises: a cache that fails must not fail its caller.
            self._breaker.failed()
            return None


class InMemory:
    """Answers in this process; the one used longest ago goes first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, organization: str) -> Answer | None:
        """What is kept, or None."""
        with self._lock:
            answer = self._answers.get(organization)
            if answer is not None:
                self._answers.move_to_end(organization)
            return answer

    def put(self, organization: str, answer: Answer) -> None:
        """Keep ``answer``."""
        with self._lock:
            self._answers[organization] = answer
            self._answers.move_to_end(organization)
            while len(self._answers) > MOST_IN_MEMORY:
                self._answers.popitem(last=False)
