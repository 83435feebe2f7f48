"""Which Node.js the constructs run on."""

import os
import sys
from pathlib import Path

import pytest

from cambium._node import prefer_pinned_node

PINNED = str(Path(sys.executable).parent)


@pytest.mark.parametrize("path", ["/usr/bin:/bin", f"/usr/bin:{PINNED}", PINNED, ""])
def test_the_pinned_one_comes_first_whatever_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("PATH", path)

    prefer_pinned_node()
    prefer_pinned_node()

    assert os.environ["PATH"].split(os.pathsep).index(PINNED) == 0
    assert os.environ["PATH"].endswith(path)
