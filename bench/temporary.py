"""Keeps the temporary files of a measurement inside the checkout."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Give this process, and every program it starts meanwhile, ``folder`` for temporary files.

    It is made anew, and removed at the end.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before = os.environ.get("TMPDIR")
    try:
        _use(str(folder))
        yield
    finally:
        _use(before)
        shutil.rmtree(folder, ignore_errors=True)


def _use(folder: str | None) -> None:
    if folder is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = folder
    tempfile.tempdir = None  # Python looks it up once and keeps the answer
