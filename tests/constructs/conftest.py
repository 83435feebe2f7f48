"""One app for every scenario of every construct."""

import pytest

from support.scenario import Built, BuiltOf, build_all, name_of


@pytest.fixture(scope="session")
def every_scenario() -> dict[str, Built]:
    """Start jsii and synthesise once."""
    return build_all()


@pytest.fixture
def built(every_scenario: dict[str, Built]) -> BuiltOf:
    """The template of a scenario."""
    return lambda define: every_scenario[name_of(define)]
