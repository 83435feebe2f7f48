"""What look-ups depend on, each of which may be down; and a clock that tests turn."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis as redis_client

from emulator.testing import free_port
from ops.drills.servers import redis as redis_server


@dataclass
class Clock:
    """Time that passes only when a test says so."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


class DownError(Exception):
    """What a client raises whose server is not there."""


class Flaky:
    """The client of a table that may be down; counts reads."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.down = False
        self.reads = 0

    def get_item(self, **parameters: Any) -> Any:
        """Read, unless it is down."""
        self.reads += 1
        if self.down:
            raise DownError
        return self._client.get_item(**parameters)

    def put_item(self, **parameters: Any) -> Any:
        """Write."""
        return self._client.put_item(**parameters)

    def delete_item(self, **parameters: Any) -> Any:
        """Remove."""
        return self._client.delete_item(**parameters)

    def transact_write_items(self, **parameters: Any) -> Any:
        """Write several."""
        return self._client.transact_write_items(**parameters)


class RedisServer:
    """A Redis server that a test may stop."""

    def __init__(self, program: redis_server.Redis, folder: Path) -> None:
        self.port = free_port()
        self._process = redis_server.start(program, self.port, folder)
        self.client = redis_client.Redis(port=self.port, socket_timeout=0.5, socket_connect_timeout=0.5)
        while socket.socket().connect_ex(("127.0.0.1", self.port)):
            assert self._process.poll() is None, "the Redis server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it; what it kept is gone."""
        self._process.terminate()
        self._process.wait(timeout=10)
