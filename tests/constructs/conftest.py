"""One app for every scenario of every construct."""

import traceback

import pytest

from support.scenario import Built, BuiltOf, Define, build_all, name_of


@pytest.fixture(scope="session")
def every_scenario() -> dict[str, Built | Exception]:
    """Start jsii and synthesise once."""
    return build_all()


@pytest.fixture
def built(every_scenario: dict[str, Built | Exception]) -> BuiltOf:
    """The template of a scenario."""

    def template(define: Define) -> Built:
        found = every_scenario[name_of(define)]
        if isinstance(found, Exception):
            pytest.fail("".join(traceback.format_exception(found)[-2:]), pytrace=False)
        return found

    return template
