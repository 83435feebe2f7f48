"""A database whose passwords rotate, with services that never stop logging in."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connection_secrets import urls_handler
from rotation import steps_handler
from runtime.support import SENTINEL, Database, lambda_context
from support.fleet import Client, Fleet

TASKS = 4
KEY = "DATABASE_URL"
APPLICATION = "application"


@dataclass
class RotatedDatabase:
    """The plan of a rotation, and those who would notice a mistake in it."""

    database: Database
    fleet: Fleet
    place: tuple[str, int]
    """Host and port that connection URLs name: the database's own, or a pool's."""
    pool: Mapping[str, Any] = field(default_factory=dict)
    services: Sequence[Mapping[str, Any]] = ()
    """What is restarted besides the fleet."""
    logins: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    secret: str = ""

    def __post_init__(self) -> None:
        self.database.provision()
        self.secret = self.database.vault.add()
        urls_handler.write(self.target)

    @property
    def target(self) -> dict[str, Any]:
        """The secret of the service, and what is written into it."""
        host, port = self.place
        url = {
            "Kind": "postgres",
            "SecretArn": self.database.secrets[APPLICATION],
            "Host": host,
            "Port": str(port),
            "Database": self.database.name,
        }
        return {"TargetSecretArn": self.secret, "Urls": {KEY: url}}

    @property
    def plan(self) -> dict[str, Any]:
        """What the state machine hands to each step."""
        roles = [role for role in self.database.properties["Roles"] if role["Kind"] != "readonly"]
        service = {"Kind": "ecs", "Cluster": "shop", "Service": "api", "SecretArns": [self.secret]}
        return {
            **self.database.properties,
            "Roles": roles,
            "Name": "shop",
            "Days": "30",
            "Targets": [self.target],
            "Services": [*([service] if self.fleet.runs("api") else []), *self.services],
            **({"Pool": self.pool} if self.pool else {}),
        }

    def start(self) -> None:
        """Start the service: its tasks log in all the time."""

        def task() -> Client:
            url = self.database.vault.get(self.secret)[KEY]
            return Client(url, self.logins, self.failures)

        self.fleet.add("api", task, tasks=TASKS)
        self.wait_for_logins()

    def step(self, name: str) -> dict[str, Any]:
        """Run one step."""
        return steps_handler.on_step({"Step": name, "Plan": self.plan}, lambda_context())

    def until(self, name: str) -> None:
        """Ask a step until it says that all is settled."""
        self._until(lambda: bool(self.step(name)["Settled"]), f"{name} never was")

    def rotate(self) -> None:
        """Every step in the order of the state machine."""
        self.step("publish")
        self.until("settled")
        # Connections that a pool still holds idle for the login whose turn it is.
        self._until(lambda: not self._sessions_of_idle(), "the idle login is still used")
        self.step("prepare")
        self.step("admit")
        self.until("admitted")
        self.step("try")
        self.step("promote")
        self.step("publish")
        self.until("settled")

    def change_the_one_password(self) -> None:
        """What there was before: a new password for the login in use, then the URLs, then a restart."""
        arn = self.database.secrets[APPLICATION]
        changed = self.database.vault.get(arn) | {"password": f"changed {SENTINEL}"}
        self.database.vault.put(arn, changed)
        self.database.provision()
        self.wait_for_logins()
        self.step("publish")
        self.until("settled")

    def wait_for_logins(self) -> None:
        """Until every task has surely logged in, or failed to."""
        before = len(self.logins) + len(self.failures)
        self._until(lambda: len(self.logins) + len(self.failures) >= before + 3 * TASKS, "nobody logs in")

    def counts(self) -> Counter[str]:
        """How often each login succeeded."""
        return Counter(self.logins)

    def current(self, kind: str = APPLICATION) -> str:
        """The login in use."""
        return str(self.database.vault.get(self.database.secrets[kind])["username"])

    def password(self, stage: str, kind: str = APPLICATION) -> dict[str, Any]:
        """User name and password of a version."""
        answer = self.database.vault.client.get_secret_value(
            SecretId=self.database.secrets[kind], VersionStage=stage
        )
        values: dict[str, Any] = json.loads(answer["SecretString"])
        return values

    def _sessions_of_idle(self) -> int:
        names = {self.database.role(APPLICATION), f"{self.database.role(APPLICATION)}_alternate"}
        (idle,) = names - {self.current()}
        with self.database.as_superuser() as superuser:
            row = superuser.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [idle]
            ).fetchone()
        return int(row[0]) if row else 0

    def _until(self, happened: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + 30
        while not happened():
            assert time.monotonic() < deadline, f"{otherwise}: {self.failures[-1:]}"
            time.sleep(0.1)
