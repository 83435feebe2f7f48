"""What a release does to containers, whoever runs them."""

from collections.abc import Sequence
from typing import Protocol

from host.plan import Service, Slot


class Containers(Protocol):
    """The few things a release asks for. Each may be asked twice: what is done already is left alone.

    ``docker_compose`` does them with Docker; tests do them with processes.
    """

    def fetch(self, release: str) -> None:
        """Have the images of ``release`` here.

        Raises:
            HostError: the registry refused, or has no such tag.
        """

    def start(self, service: Service, release: str, slot: Slot | None = None) -> None:
        """Run the service from ``release``; a rolling one in ``slot``, any other in its only place.

        Raises:
            HostError: it could not even be started.
        """

    def stop(self, service: Service, slot: Slot | None = None) -> None:
        """End it: asked to first, and then made to."""

    def running(self, service: Service, slot: Slot | None = None) -> str | None:
        """The release it runs from; None when it does not run. For a steady service any word will do."""

    def run_once(self, service: Service, release: str) -> None:
        """Run it to its end.

        Raises:
            HostError: it ended badly; with the end of what it said.
        """

    def reload_door(self) -> None:
        """Let the door read its configuration again, without losing a request.

        Raises:
            HostError: the configuration is wrong; the door goes on with the one it has.
        """

    def tidy(self, keep: Sequence[str]) -> None:
        """Delete images of releases that are not in ``keep``."""
