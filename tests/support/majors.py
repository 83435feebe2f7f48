"""Which PostgreSQL this machine has: tests of one that it lacks are skipped, and say what to install."""

import pytest

from emulator.postgres.programs import INSTALLED, majors


def must_have(*versions: str) -> None:
    """Skip the test unless there is a server of each major."""
    for version in versions:
        if int(version) not in majors():
            folder = INSTALLED / version / "bin"
            pytest.skip(f"no PostgreSQL {version} in {folder} (apt-get install postgresql-{version})")
