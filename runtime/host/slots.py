"""What runs in which slot: the containers of one release, started, exchanged and stopped."""

from host.containers import Containers
from host.plan import Plan, Slot
from host.state import Place


class Slots:
    """Does with all services of a kind what ``Containers`` does with one. It remembers nothing."""

    def __init__(self, plan: Plan, containers: Containers) -> None:
        self._plan, self._containers = plan, containers

    def start_steady(self) -> None:
        """Run what no release touches: the door and the cache."""
        for service in self._plan.of("steady"):
            self._containers.start(service, "")

    def start_new(self, place: Place) -> None:
        """Start every rolling service there, with nothing of what was left in this slot."""
        for service in self._plan.of("rolling"):
            self._containers.stop(service, place.slot)
            self._containers.start(service, place.release, place.slot)

    def start(self, place: Place) -> None:
        """Have every rolling service run there; what runs already as it should is left alone."""
        for service in self._plan.of("rolling"):
            self._containers.start(service, place.release, place.slot)

    def restore(self, place: Place) -> None:
        """Start only what is not there any more: what has served all the time is not touched."""
        for service in self._plan.of("rolling"):
            if self._containers.running(service, place.slot) != place.release:
                self._containers.start(service, place.release, place.slot)

    def stop(self, slot: Slot) -> None:
        """Stop every rolling service of the slot."""
        for service in self._plan.of("rolling"):
            self._containers.stop(service, slot)

    def migrate(self, release: str) -> None:
        """Run what runs once for a release."""
        for service in self._plan.of("once"):
            self._containers.run_once(service, release)

    def exchange_workers(self, release: str, *, anew: bool = False) -> None:
        """Let workers run from ``release``; ``anew`` restarts those that do already.

        Never two at once: two schedulers would do everything twice.
        """
        for service in self._plan.of("worker"):
            if anew or self._containers.running(service) != release:
                self._containers.stop(service)
                self._containers.start(service, release)
