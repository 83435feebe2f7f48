"""D9: the rotation's state machine and function run on the embedded AWS, asserted by who can log in."""

from collections.abc import Iterator

import pytest

from emulator.testing import Emulator, started
from support.embedded_pool import ROLE
from support.embedded_rotation import API, POOL, EmbeddedRotation
from support.pooler_told import binary

pytestmark = [pytest.mark.embedded, pytest.mark.database]
ALTERNATE = f"{ROLE}_alternate"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An embedded AWS whose state machines hardly wait."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SFN_WAIT_SCALE", "0.02")
        folder = tmp_path_factory.mktemp("rotation")
        with started(folder, "--pgbouncer", str(binary())) as running:
            yield running


@pytest.fixture(scope="module")
def rotation(own: Emulator) -> EmbeddedRotation:
    return EmbeddedRotation(own)


def test_d9_a_run_changes_the_login_of_everybody_and_keeps_the_one_before(rotation: EmbeddedRotation) -> None:
    assert rotation.login() == (ROLE, ROLE)
    services = {name: rotation.tasks(name) for name in (API, POOL)}

    assert rotation.run(now=True) == "SUCCEEDED", rotation.cause

    assert rotation.login_by_url() == (ALTERNATE, ROLE)
    assert rotation.login("AWSPREVIOUS") == (ROLE, ROLE)
    for name, before in services.items():
        assert len(rotation.tasks(name)) == len(before)
        assert not rotation.tasks(name) & before, f"a task of {name} has read the password of before"


def test_d9_a_run_of_a_day_on_which_nothing_is_due_changes_nothing(rotation: EmbeddedRotation) -> None:
    before = rotation.version(), rotation.version(API), rotation.tasks(API)

    assert rotation.run() == "SUCCEEDED", rotation.cause

    assert (rotation.version(), rotation.version(API), rotation.tasks(API)) == before


def test_d9_a_run_that_fails_half_way_leaves_what_works_and_is_taken_up_by_the_next(
    rotation: EmbeddedRotation,
) -> None:
    """There is no pooler to try the new passwords with."""
    before = rotation.version()
    rotation.scale(POOL, 0)

    assert rotation.run(now=True) == "FAILED"

    assert "cannot log in through the pool" in rotation.cause
    assert rotation.version() == before
    rotation.scale(POOL, 1)
    current, _ = rotation.login()
    assert rotation.login_by_url()[0] == current, "what services have still works"

    assert rotation.run() == "SUCCEEDED", rotation.cause

    assert rotation.login_by_url()[0] != current
    assert rotation.login("AWSPREVIOUS")[0] == current
