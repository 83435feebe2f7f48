"""Releases without a gap: the new one starts beside the old one, and takes over once it is known to work."""

import time
from collections.abc import Callable
from dataclasses import replace

from host.containers import Containers
from host.door import Door
from host.failure import HostError
from host.health import await_health
from host.plan import Plan, other
from host.slots import Slots
from host.state import Attempt, Place, State, StateFile

Test = Callable[[Place], None]
"""Tries the release behind the door. Raises HostError when it does not work."""


class Releases:
    """Moves the machine from one release to the next, or leaves it where it was.

    In this order: fetch, start beside the old, wait for health, lead requests over, let the old one finish,
    migrate, smoke tests, exchange the workers, stop the old. A step that fails takes the machine back. Each
    step is written down before it begins, so a run that was killed is taken back by the next one.

    Migrations only ever add (expand): the old release serves until the end, and may serve again.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        containers: Containers,
        door: Door,
        state: StateFile,
        smoke_tests: Test,
        say: Callable[[str], None] = print,
    ) -> None:
        self._plan, self._containers, self._door = plan, containers, door
        self._file, self._smoke_tests, self._say = state, smoke_tests, say
        self._slots = Slots(plan, containers)
        self._state = State()

    def repair(self) -> State:
        """Finish what a killed run left: what was accepted stays, what was not is taken back.

        Returns:
            The state, with nothing left to do in it.
        """
        self._state = self._file.load()
        if self._state.attempt is not None:
            attempt = self._state.attempt
            self._say(f"taking back {attempt.release}, which was cut off in step {attempt.step!r}")
            self._take_back(attempt)
        if self._state.retiring is not None:
            self._retire()
        return self._state

    def start(self) -> None:
        """Run what is live: after a boot, and on a machine that has taken another's place."""
        before = self._file.load().live
        # The door refuses to open without the file, and nothing can be led anywhere before it is open.
        self._door.prepare(before.slot if before else "blue")
        self._slots.start_steady()
        live = self.repair().live
        if live is None:
            self._say("no release yet")
            return
        self._containers.fetch(live.release)
        self._slots.start(live)
        self._door.lead_to(live.slot)
        self._slots.exchange_workers(live.release)

    def deploy(self, release: str) -> None:
        """Make ``release`` live.

        Raises:
            HostError: a step failed. The release before serves on.
        """
        live = self.repair().live
        if live is not None and live.release == release:
            self._say(f"{release} is live already")
            self.start()
            return
        place = Place(slot=other(live.slot) if live else "blue", release=release)
        self._roll_out(place)
        self._save(self._state.accepted(place))
        self._retire()
        self._say(f"{release} is live")

    def refresh(self) -> None:
        """Start what is live anew, so that it reads its secrets again: in the other slot, without a gap.

        Nothing is migrated, and the release before the live one stays the one to go back to.

        Raises:
            HostError: a step failed. What ran before serves on, with the secrets it has read.
        """
        live = self.repair().live
        if live is None:
            self._say("no release yet: the first one reads what is there then")
            return
        place = Place(slot=other(live.slot), release=live.release)
        self._roll_out(place, anew=True)
        self._save(self._state.refreshed(place))
        self._retire()
        self._say(f"{live.release} has read its secrets again")

    def back(self) -> None:
        """Make the release before the live one live again.

        Raises:
            HostError: there is none, or it does not work.
        """
        previous = self.repair().previous
        if previous is None:
            raise HostError("there is no release before this one to go back to")
        self.deploy(previous)

    def _roll_out(self, place: Place, *, anew: bool = False) -> None:
        try:
            self._take_steps(place, anew=anew)
        except HostError as error:
            failed = self._state.attempt
            assert failed is not None  # noqa: S101 - every step is written down before it begins
            self._say(f"step {failed.step!r} failed, taking back {place.release}: {error}")
            self._take_back(failed)
            raise HostError(f"{place.release} was taken back in step {failed.step!r}: {error}") from None

    def _take_steps(self, place: Place, *, anew: bool) -> None:
        timing = self._plan.timing
        self._begin("fetch", place)
        self._containers.fetch(place.release)
        self._begin("start", place)
        self._slots.start_new(place)
        self._begin("health", place)
        await_health(self._plan.of("rolling"), place.slot, timing)
        self._begin("switch", place)
        self._door.lead_to(place.slot)
        self._begin("drain", place)
        # On the first release nobody is anywhere else.
        time.sleep(timing.drain if self._state.live else 0)
        if not anew:
            self._begin("migrate", place)
            self._slots.migrate(place.release)
        self._begin("smoke tests", place)
        self._smoke_tests(place)
        self._begin("workers", place)
        self._slots.exchange_workers(place.release, anew=anew)

    def _take_back(self, attempt: Attempt) -> None:
        live = self._state.live
        if live is not None:
            self._slots.restore(live)
            self._door.lead_to(live.slot)
            time.sleep(self._plan.timing.drain if attempt.step in _LED_OVER else 0)
            self._slots.exchange_workers(live.release)
        self._slots.stop(attempt.slot)
        self._save(self._state.settled())

    def _retire(self) -> None:
        if self._state.retiring is not None:
            self._slots.stop(self._state.retiring)
        self._save(self._state.settled())
        live, previous = self._state.live, self._state.previous
        self._containers.tidy([one for one in (live.release if live else None, previous) if one])

    def _begin(self, step: str, place: Place) -> None:
        self._say(f"{step}: {place.release} in {place.slot}")
        self._save(self._state.beginning(Attempt(slot=place.slot, release=place.release, step=step)))

    def _save(self, state: State) -> None:
        self._state = replace(state)
        self._file.save(self._state)


_LED_OVER = ("switch", "drain", "migrate", "smoke tests", "workers")
"""Steps in which requests may be under way in the new release."""
