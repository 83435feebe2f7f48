"""Keeps the temporary files of a measurement inside the checkout."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.embedded.processes import identity


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Give this process, and every program it starts meanwhile, a part of ``folder`` for temporary files.

    Each process has a part of its own: a test of this command, or a second measurement, must not take away
    what another is measuring with. It is removed at the end; so is what killed processes have left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_left(folder)
    mine = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
    before = os.environ.get("TMPDIR")
    try:
        _use(str(mine))
        yield
    finally:
        _use(before)
        shutil.rmtree(mine, ignore_errors=True)


def _remove_left(folder: Path) -> None:
    for part in folder.iterdir():
        process = part.name.partition("-")[0]
        if not process.isdigit() or identity(int(process)) is None:
            shutil.rmtree(part, ignore_errors=True)


def _use(folder: str | None) -> None:
    if folder is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = folder
    tempfile.tempdir = None  # Python looks it up once and keeps the answer
