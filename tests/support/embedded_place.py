"""A region of an embedded AWS: clients, secrets, and patience."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.client import session
from ops.workspace import Workspace

ACCOUNT, REGION = "111122223333", "eu-central-1"
PREFIX = "clinic-production-eu"
DEADLINE_SECONDS = 240


@dataclass
class Place:
    """Where the clinic of the tests is deployed."""

    url: str
    data: Path
    workspace: Workspace
    made: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> Any:
        """A client of the region; one for all threads."""
        with self._lock:
            if service not in self.made:
                self.made[service] = session(REGION, ACCOUNT, self.url).client(service)
            return self.made[service]

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for it."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def secret(self, name: str) -> dict[str, str]:
        """What a secret holds."""
        found = self.client("secretsmanager").get_secret_value(SecretId=name)
        return dict(json.loads(found["SecretString"]))

    def put_key(self, name: str, **values: str) -> None:
        """Set keys of a secret, as an operator does."""
        told = json.dumps({**self.secret(name), **values})
        self.client("secretsmanager").put_secret_value(SecretId=name, SecretString=told)
