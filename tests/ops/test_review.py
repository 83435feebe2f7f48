"""What a pull request is told about a deployment."""

import pytest

from config.catalog import load_system
from config.values import OptOut
from ops.report.markdown import review_of
from ops.testing import Command

PRODUCTION = ("--system", "restartix", "--env", "production")


def test_it_shows_the_access_table_and_the_connection_budget(cambium: Command) -> None:
    shown = cambium("review", *PRODUCTION, "--platform", "app-runner").stdout

    assert shown.startswith("### `restartix production` as described\n")
    assert "| compute | database | 5432 | PostgreSQL |" in shown
    assert "at the largest scale-out: 192 of 200, 8 left." in shown
    assert "| core-api | 5 | 30 | 150 |" in shown
    assert "**Protections that are off**: none." in shown


def test_it_shows_the_phase_that_is_tried(cambium: Command) -> None:
    assert "Phase 2" in cambium("review", *PRODUCTION, "--phase", "2").stdout


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("the old client knows no TLS", "the old client knows no TLS"),
        ("one | two\n<b>", "one \\| two &lt;b>"),
    ],
)
def test_a_protection_that_is_off_is_listed_with_its_reason(reason: str, shown: str) -> None:
    deployment = load_system("restartix").resolve("production")
    assert deployment.cache is not None
    cache = deployment.cache.model_copy(update={"transit_encryption": OptOut(reason=reason)})

    review = review_of(deployment.model_copy(update={"cache": cache}))

    assert f"| cache.transit_encryption | {shown} |" in review
