"""Says at the end of a run how many long tests it left out, and how to run them."""

from collections.abc import Sequence
from typing import Any

import pytest

LONG = "long"
COMMAND = "make test-long and make test-nightly"


class LeftOut:
    """Counts the long tests that were deselected, in the workers of a run too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._number = 0

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Keep their number; each worker collects everything, so one of them tells it."""
        self._number += sum(item.get_closest_marker(LONG) is not None for item in items)
        told: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if told is not None:
            told[LONG] = self._number

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear it from a worker that ends."""
        self._number = max(self._number, getattr(node, "workeroutput", {}).get(LONG, 0))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Say it after everything else."""
        if self._number and not hasattr(self._config, "workeroutput"):
            print(self.line(self._number))

    @staticmethod
    def line(number: int) -> str:
        """What is said."""
        return (
            f"not run: {number} long tests, which deploy whole products, run servers under load or try every "
            f"version. They are in: {COMMAND}"
        )
