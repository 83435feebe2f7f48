"""TCP listeners that pass connections on unread, as a Network Load Balancer does."""

import asyncio
import itertools
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterable
from contextlib import suppress

from emulator.connections import Connections, Listener, join
from emulator.inside import is_inside

Place = tuple[str, int]
Targets = Callable[[], Iterable[Place]]

_CONNECT_SECONDS = 5


class Relays:
    """The open listeners, each with where it leads to.

    A connection goes to the targets in turn, and past those that refuse it; with none left it is closed.
    """

    def __init__(self, on_traffic: Callable[[], None]) -> None:
        self._on_traffic = on_traffic
        self._connections = Connections("relays")
        self._open: dict[str, Listener] = {}
        self._lock = threading.Lock()

    def ensure(self, key: str, address: str, port: int, targets: Targets) -> None:
        """Open a listener, or move it; connections that are there stay.

        Raises:
            ValueError: The port is taken.
        """
        with self._lock:
            known = self._open.get(key)
            if known and (known.address, known.port) == (address, port):
                return
            self._open[key] = self._listen(address, port, targets)
            if known:
                self._connections.close(known)

    def keep_only(self, exists: Callable[[str], bool]) -> None:
        """Close the listeners that are gone."""
        with self._lock:
            for key in [key for key in self._open if not exists(key)]:
                self._connections.close(self._open.pop(key))

    def stop(self) -> None:
        """End everything."""
        self.keep_only(lambda _key: False)
        self._connections.stop()

    def _listen(self, address: str, port: int, targets: Targets) -> Listener:
        turns = itertools.count()

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            target = await _connect(list(targets()), next(turns))
            if target is not None:
                await join((reader, writer), target, self._noticing(writer))

        try:
            return self._connections.listen(serve, address, port)
        except OSError as error:
            raise ValueError(
                f"can't listen on {address}:{port} ({error.strerror}); stop what listens there"
            ) from None

    def _noticing(self, writer: StreamWriter) -> Callable[[], None]:
        """Only traffic from outside keeps an emulator alive."""
        return (lambda: None) if is_inside(writer.get_extra_info("peername")) else self._on_traffic


async def _connect(places: list[Place], turn: int) -> tuple[StreamReader, StreamWriter] | None:
    first = turn % len(places) if places else 0
    for host, port in places[first:] + places[:first]:
        with suppress(OSError):  # the next one may be well
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await asyncio.open_connection(host, port)
    return None
