"""Takes pgbouncer from the package that apt's configured sources offer; unpacked, never installed."""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ops.drills.servers.debian_package import NotUnpackedError, unpack_package
from ops.drills.servers.pgbouncer_build import NotBuiltError


def unpack(folder: Path, say: Callable[[str], None]) -> Path:
    """Download and unpack the package.

    Raises:
        NotBuiltError: there is no apt, or it offers none.
    """
    say("downloading the package pgbouncer")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        try:
            package = unpack_package("pgbouncer", scratch)
        except NotUnpackedError as error:
            raise NotBuiltError(str(error)) from None
        release = re.sub(r"^pgbouncer_([\d.]+).*", r"\1", package.name)
        done = folder / f"{release}-package"
        done.mkdir(parents=True, exist_ok=True)
        shutil.copy(scratch / "unpacked" / "usr" / "sbin" / "pgbouncer", done / "pgbouncer")
    return done / "pgbouncer"
