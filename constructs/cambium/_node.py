"""Chooses the Node.js that jsii starts."""

import os
import sys
from pathlib import Path


def prefer_pinned_node() -> None:
    """Put the virtual environment's commands, where ``make setup`` links Node.js, first on the PATH."""
    commands = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "").split(os.pathsep)
    if path[:1] != [commands]:
        os.environ["PATH"] = os.pathsep.join([commands, *path])
