"""E6: a drill on the PostgreSQL that a product runs cannot be green by having been skipped in CI."""

from pathlib import Path

import pytest

from emulator.postgres import programs
from support.majors import must_have


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with the majors of the wheel and no other."""
    monkeypatch.setattr(programs, "INSTALLED", tmp_path)
    return monkeypatch


def test_e6_ci_without_the_postgresql_of_a_product_fails_and_names_the_package(
    bare: pytest.MonkeyPatch,
) -> None:
    bare.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql-15"):
        must_have("18", "15")


def test_a_persons_machine_without_it_skips_and_names_the_package(bare: pytest.MonkeyPatch) -> None:
    bare.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="apt-get install postgresql-15"):
        must_have("15")


def test_a_major_that_no_product_runs_may_be_missing_in_ci(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CI", "true")

    with pytest.raises(pytest.skip.Exception, match="postgresql-17"):
        must_have("17")


def test_what_the_wheel_has_is_there(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CI", "true")

    must_have("16", "18")
