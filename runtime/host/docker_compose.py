"""Containers of a release, with Docker Compose."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from host.failure import HostError
from host.plan import Plan, Service, Slot
from host.programs import run

DOOR = "front-door"
_SECONDS = 120.0
_FETCH_SECONDS = 600.0
_MIGRATION_SECONDS = 1800.0


class DockerCompose:
    """Does what ``Containers`` asks for. A rolling service is two services of the file, one for each slot.

    The tag of an image is not in the file: each call says it, in the environment of the program.
    """

    def __init__(self, plan: Plan, *, file: Path, login: Mapping[str, str], configuration: Path) -> None:
        self._plan, self._login = plan, login
        self._compose = ["docker", "compose", "--project-name", plan.system, "--file", str(file)]
        # Where Docker keeps a login: in memory, like every secret.
        self._environment = {**os.environ, "DOCKER_CONFIG": str(configuration)}

    def fetch(self, release: str) -> None:
        """Pull every image of the release, and the pinned ones that are not here yet."""
        if self._plan.registry:
            login = ["docker", "login", self._plan.registry, "--username", self._login["username"]]
            login.append("--password-stdin")
            run(login, seconds=_SECONDS, given=self._login["password"], environment=self._environment)
        self._run("pull", "--quiet", "--policy", "missing", release=release, seconds=_FETCH_SECONDS)

    def start(self, service: Service, release: str, slot: Slot | None = None) -> None:
        """``up`` for this one container; what runs like that already is left alone."""
        name = _name(service, slot)
        self._run("up", "--detach", "--no-deps", "--pull", "missing", name, release=release)

    def stop(self, service: Service, slot: Slot | None = None) -> None:
        """SIGTERM, after ``stop`` seconds SIGKILL; then it is gone."""
        seconds = f"{self._plan.timing.stop:.0f}"
        self._run("stop", "--timeout", seconds, _name(service, slot))
        self._run("rm", "--force", _name(service, slot))

    def running(self, service: Service, slot: Slot | None = None) -> str | None:
        """The tag of its image, as Docker tells it."""
        listed = self._run("ps", "--format", "json", _name(service, slot))
        for line in listed.splitlines():
            container = json.loads(line)
            if container["State"] == "running":
                return str(container["Image"]).rpartition(":")[2]
        return None

    def run_once(self, service: Service, release: str) -> None:
        """``run``, in a container of its own that is gone afterwards."""
        self._run("run", "--rm", "--no-deps", service.name, release=release, seconds=_MIGRATION_SECONDS)

    def reload_door(self) -> None:
        """Let nginx try the configuration, and only then read it."""
        self._run("exec", "--no-TTY", DOOR, "nginx", "-t", "-q")
        self._run("exec", "--no-TTY", DOOR, "nginx", "-s", "reload")

    def tidy(self, keep: Sequence[str]) -> None:
        """Remove images whose tag no kept release has; Docker itself refuses those that are in use."""
        images = run(
            ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"], seconds=_SECONDS
        ).split()
        released = {image.rpartition(":")[0] for image in images if image.rpartition(":")[2] in keep}
        for image in images:
            name, _, tag = image.rpartition(":")
            if name in released and tag not in keep:
                run(["docker", "image", "rm", image], seconds=_SECONDS)

    def _run(self, *arguments: str, release: str = "none", seconds: float = _SECONDS) -> str:
        try:
            return run(
                [*self._compose, *arguments],
                seconds=seconds,
                environment={**self._environment, "TAG": release},
            )
        except HostError as error:
            raise HostError(f"docker compose {arguments[0]} {arguments[-1]}: {error}") from None


def _name(service: Service, slot: Slot | None) -> str:
    return f"{service.name}-{slot}" if slot else service.name
