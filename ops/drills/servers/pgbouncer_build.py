"""Builds pgbouncer from Debian's copy of its source into the checkout; half a minute on two cores.

Needed on the system: gcc, make, pkg-config and the headers of OpenSSL (libssl-dev). libevent comes from
Debian's package, unpacked beside the source and linked statically, so the result needs only OpenSSL.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

POOL = "http://deb.debian.org/debian/pool/main/p/pgbouncer"
RELEASES = "https://www.pgbouncer.org/downloads/files"
TOOLS = ("gcc", "make", "pkg-config", "apt-get", "dpkg")
_SECONDS = 300
_DOWNLOAD_SECONDS = 15


class NotBuiltError(Exception):
    """One way to get a pgbouncer did not work; says why."""


class Source(NamedTuple):
    """A release as Debian keeps it. The checksum is in the signed index of the archive."""

    version: str
    sha256: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it is: Debian's pool, and the release, which has the same bytes or is refused."""
        return (
            f"{POOL}/pgbouncer_{self.version}.orig.tar.gz",
            f"{RELEASES}/{self.version}/pgbouncer-{self.version}.tar.gz",
        )


SOURCES = (
    # That of the image; of Debian sid: gone from the pool as soon as there is a newer one.
    Source("1.26.1", "00886a2994b4844cd37110970df777772cfc42a74c400522c82fba509a3f42d9"),
    # Of Debian 13: stays as long as that does.
    Source("1.24.1", "da72a3aba13072876d055a3e58dd4aba4a5de4ed6148e73033185245598fd3e0"),
)


def builds(folder: Path, say: Callable[[str], None]) -> Iterator[Callable[[], Path]]:
    """One attempt per source, the newest first."""
    for source in SOURCES:
        yield functools.partial(build, source, folder, say)


def build(source: Source, folder: Path, say: Callable[[str], None]) -> Path:
    """Download, check and build; the program appears in ``folder`` when it is complete.

    Raises:
        NotBuiltError: says what is missing, or what failed.
    """
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise NotBuiltError(f"building {source.version} needs {', '.join(missing)}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as name:
        scratch = Path(name)
        say(f"downloading the source of pgbouncer {source.version}")
        tree = _unpack(_download(source, scratch), scratch)
        say("downloading libevent")
        libevent = _libevent(scratch)
        say(f"building pgbouncer {source.version}: configure")
        _run(["./configure", "--without-cares"], tree, libevent)
        say(f"building pgbouncer {source.version}: compile")
        _run(["make", f"-j{os.cpu_count() or 1}", "pgbouncer"], tree, libevent)
        done = folder / source.version
        done.mkdir(exist_ok=True)
        (tree / "pgbouncer").replace(done / "pgbouncer")
    return done / "pgbouncer"


def _download(source: Source, scratch: Path) -> Path:
    refused = []
    for address in source.addresses:
        try:
            return _from(address, source, scratch)
        except (urllib.error.URLError, TimeoutError, NotBuiltError) as error:
            refused.append(f"{address}: {error}")
    raise NotBuiltError("; ".join(refused))


def _from(address: str, source: Source, scratch: Path) -> Path:
    with urllib.request.urlopen(address, timeout=_DOWNLOAD_SECONDS) as answer:  # noqa: S310 - constants
        content: bytes = answer.read()
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        raise NotBuiltError(f"must have the SHA-256 {source.sha256}, got {found}: not used")
    file = scratch / "source.tar.gz"
    file.write_bytes(content)
    return file


def _unpack(file: Path, scratch: Path) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(scratch, filter="data")
    return next(path for path in scratch.iterdir() if path.is_dir())


def _libevent(scratch: Path) -> dict[str, str]:
    """Debian's package, which apt has checked against its signed index."""
    _run(["apt-get", "download", "libevent-dev"], scratch)
    (package,) = scratch.glob("libevent-dev*.deb")
    unpacked = scratch / "libevent"
    _run(["dpkg", "-x", str(package), str(unpacked)], scratch)
    (library,) = unpacked.rglob("libevent.a")
    include = unpacked / "usr" / "include"
    machine = include / library.parent.name
    return {"LIBEVENT_CFLAGS": f"-I{include} -I{machine}", "LIBEVENT_LIBS": str(library)}


def _run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotBuiltError(f"{command[0]} took more than {_SECONDS} seconds") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise NotBuiltError(f"{' '.join(command)} failed: {' / '.join(said)}")
