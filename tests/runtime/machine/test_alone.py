"""Releases, the watch of each minute and people change a machine one after the other."""

import threading
from pathlib import Path

import pytest

from host.alone import alone
from host.failure import BusyError


def test_e2_a_release_waits_for_the_watch_and_goes_on(tmp_path: Path) -> None:
    holds, done = threading.Event(), threading.Event()

    def watch() -> None:
        with alone(tmp_path / "lock", patience_seconds=0):
            holds.set()
            done.wait(5)

    watching = threading.Thread(target=watch)
    watching.start()
    holds.wait(5)
    threading.Timer(0.1, done.set).start()

    with alone(tmp_path / "lock", patience_seconds=5):
        assert done.is_set()
    watching.join()


def test_e2_two_releases_at_once_are_refused_in_words(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "lock", patience_seconds=0),
        pytest.raises(BusyError, match="another release is under way"),
        alone(tmp_path / "lock", patience_seconds=0),
    ):
        pass
