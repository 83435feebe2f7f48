"""One question at a time about one thing: whoever asks meanwhile is given the same answer."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shares answers between the threads of a process."""

    def __init__(self) -> None:
        self._flights: dict[str, Future[T]] = {}
        self._lock = Lock()

    def do(self, key: str, act: Callable[[], T]) -> T:
        """What ``act`` answers, or fails with: its own call, or that of another thread that is under way."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                mine = self._flights[key] = Future()
        if flight is not None:
            return flight.result()
        try:
            mine.set_result(act())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
        return mine.result()
