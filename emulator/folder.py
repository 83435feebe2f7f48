"""The data folder of a run: made by us, removed by us, and never somebody else's."""

import os
import shutil
from pathlib import Path

MARKER = ".cambium-emulator"


class FolderError(RuntimeError):
    """The data folder can't be used."""


def claim(data: Path) -> None:
    """Create the folder, or take over what a crashed run left in it.

    The folder is deleted at the end, so one that holds anything we did not make is refused.

    Raises:
        FolderError: The folder is not ours, or another emulator is using it.
    """
    if data.exists() and any(data.iterdir()):
        _refuse_unless_abandoned(data)
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    (data / "tmp").mkdir()
    (data / MARKER).write_text(str(os.getpid()))


def _refuse_unless_abandoned(data: Path) -> None:
    marker = data / MARKER
    if not marker.is_file():
        raise FolderError(f"{data} is not empty and not a folder of the emulator; choose another")
    pid = int(marker.read_text() or 0)
    if pid and _is_running(pid):
        raise FolderError(f"{data} is in use by the emulator with process id {pid}")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove(data: Path) -> None:
    """Delete the folder with everything in it."""
    shutil.rmtree(data, ignore_errors=True)
