"""cfn-lint finds nothing in templates of later phases and variants either."""

import pytest

from support.linting import LATER, Lint, linted, wrong
from support.synths import Synths


@pytest.fixture(scope="module")
def lint(synths: Synths) -> Lint:
    """What it says of all of them."""
    return linted(LATER, synths)


@pytest.mark.parametrize("name", LATER)
def test_cfn_lint_finds_no_error_and_no_version_that_can_no_longer_be_created(
    lint: Lint, synths: Synths, name: str
) -> None:
    assert wrong(lint, synths[name]) == []


def test_a17_the_template_of_tenants_is_looked_at_too(lint: Lint, synths: Synths) -> None:
    assert synths["phase_three"].inside["tenant-eu"].template_file in lint
