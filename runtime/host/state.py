"""Which release serves, and what a release that was cut off had begun."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from host.failure import HostError
from host.plan import Slot


@dataclass(frozen=True, kw_only=True)
class Place:
    """A release and the slot it is in."""

    slot: Slot
    release: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A release under way."""

    slot: Slot
    release: str
    step: str
    """The step that had begun: whether it ended, nobody knows."""


@dataclass(frozen=True, kw_only=True)
class State:
    """What the machine has to remember over a reboot, a killed release and its own replacement."""

    live: Place | None = None
    previous: str | None = None
    """The release before the live one: where ``back`` goes."""
    attempt: Attempt | None = None
    retiring: Slot | None = None
    """The slot that served before, until its containers are stopped."""

    def beginning(self, attempt: Attempt) -> "State":
        """The state in which that step has begun."""
        return replace(self, attempt=attempt)

    def accepted(self, place: Place) -> "State":
        """The state in which ``place`` serves; what served before has yet to be stopped."""
        return State(
            live=place,
            previous=self.live.release if self.live else None,
            retiring=self.live.slot if self.live else None,
        )

    def refreshed(self, place: Place) -> "State":
        """The state in which the live release serves from ``place``; ``back`` goes where it went before."""
        return replace(self.accepted(place), previous=self.previous)

    def settled(self) -> "State":
        """The state with nothing left to do."""
        return replace(self, attempt=None, retiring=None)


class StateFile:
    """Keeps the state: after a power failure there is the old one or the new one, never half of one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> State:
        """What was saved last; nothing, on a machine that never had a release.

        Raises:
            HostError: the file is not ours. It is never guessed at.
        """
        try:
            text = self._path.read_text()
        except FileNotFoundError:
            return State()
        try:
            return _parse(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise HostError(
                f"{self._path} cannot be read ({error}): look which slot the door leads to, and write "
                '{"live": {"slot": "blue", "release": "<tag>"}} into it'
            ) from None

    def save(self, state: State) -> None:
        """Replace the file, and be sure that it is on the disk."""
        draft = self._path.with_suffix(".draft")
        with draft.open("w") as file:
            json.dump(asdict(state), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _parse(given: dict[str, Any]) -> State:
    live, attempt = given.get("live"), given.get("attempt")
    return State(
        live=Place(**live) if live else None,
        previous=given.get("previous"),
        attempt=Attempt(**attempt) if attempt else None,
        retiring=given.get("retiring"),
    )
