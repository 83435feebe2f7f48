"""Which PostgreSQL this machine has.

Without one its tests are skipped, and say what to install; where CI is set they fail, for a major that a
product runs.
"""

import os

import pytest

from emulator.postgres.programs import INSTALLED, majors

DEMANDED = ("15", "16", "18")
"""What CI must have. 16 and 18 come with a wheel; another one is tried where it is."""


def must_have(*versions: str) -> None:
    """End the test unless there is a server of each major."""
    for version in versions:
        if int(version) in majors():
            continue
        reason = (
            f"no PostgreSQL {version} in {INSTALLED / version / 'bin'} (apt-get install postgresql-{version})"
        )
        if os.environ.get("CI") and version in DEMANDED:
            pytest.fail(f"CI must be able to try every major of a product: {reason}", pytrace=False)
        pytest.skip(reason)
