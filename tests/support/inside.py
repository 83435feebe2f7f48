"""Keeps what tests write inside the checkout, however pytest was started."""

import os
import shutil
import tempfile
import time
from pathlib import Path

STATE = Path(__file__).parents[2] / ".cambium"
FOLDERS = {
    "TMPDIR": STATE / "tmp",  # pytest's own folders too
    "HOME": STATE / "home",  # the CDK keeps fingerprints of assets there
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": STATE / "jsii",  # the unpacked construct library
    "STATE_DIR": STATE / "tmp" / "ministack",  # where MiniStack is imported to look at its names
}
"""The folder each variable names; programs that tests start inherit them."""
DAY_SECONDS = 86_400


def stay_inside() -> None:
    """Let this process, and whatever it starts, write below ``.cambium`` only."""
    for variable, folder in FOLDERS.items():
        # A temporary folder that does not exist would be passed over for the system's.
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[variable] = str(folder)
    tempfile.tempdir = None  # forget what was looked up before


def forget_old(folder: Path) -> None:
    """Remove temporary files that nobody has touched for a day: apps and killed programs leave some.

    Younger ones may belong to another run. Pytest's own folders are left to pytest.
    """
    for path in folder.iterdir():
        old = path.lstat().st_mtime < time.time() - DAY_SECONDS
        if old and path.is_dir() and not path.name.startswith("pytest-of-"):
            shutil.rmtree(path, ignore_errors=True)
        elif old and path.is_file():
            path.unlink(missing_ok=True)
