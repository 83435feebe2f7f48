"""What is watched for money is a choice of the environment, and off takes a reason."""

from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.deployment import Deployment
from config.environment import Environment
from config.hosts import outside_hosts
from config.system import System
from config.watching import NoContainerInsights, NoOutsideChecks, OutsideChecks

Refusal = Callable[[Callable[[], object]], str]


def chosen(name: str, **choice: Any) -> Deployment:
    """An environment of RestartiX on Fargate with other choices."""
    system = load_system("restartix-fargate")
    environments = [
        Environment.model_validate({**dict(one), **choice}) if one.name == name else one
        for one in system.environments
    ]
    return System.model_validate({**dict(system), "environments": environments}).resolve(name)


def asked(deployment: Deployment) -> list[str]:
    """Host names that are asked from outside."""
    return [host for service in deployment.services for host in outside_hosts(deployment, service)]


def test_everything_public_is_asked_unless_an_environment_says_otherwise() -> None:
    assert len(asked(chosen("production"))) == 5
    assert asked(chosen("production", outside_checks=OutsideChecks(services=("core-api",)))) == [
        "api.restartix.com"
    ]
    assert asked(chosen("staging")) == []


def test_b11_what_staging_does_without_is_listed_with_its_reason() -> None:
    off = dict(load_system("restartix-fargate").resolve("staging").opt_outs())

    assert {"outside_checks", "container_insights"} <= off.keys()
    assert all(len(reason.split()) > 5 for reason in off.values())


@pytest.mark.parametrize(
    ("field", "off"), [("outside_checks", NoOutsideChecks), ("container_insights", NoContainerInsights)]
)
def test_nothing_of_it_is_off_where_real_users_are(field: str, off: Any, refusal: Refusal) -> None:
    choice = {field: off(reason="it costs too much money")}

    assert (
        f"{field} must stay on in production environment production, got an opt-out: it costs too much money"
        in refusal(lambda: chosen("production", **choice))
    )


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a service that nobody visits": (
        {"outside_checks": OutsideChecks(services=("migrations",))},
        "outside_checks.services of environment production must name services with a public host (core-api, "
        "telemetry-api, clinic, portal, console), got migrations",
    ),
    "off without a reason": (
        {"outside_checks": None},
        'outside_checks: must be OutsideChecks() or NoOutsideChecks(reason="...")',
    ),
    "insights of another name": (
        {"container_insights": "disabled"},
        'container_insights: must be "standard", "enhanced" or NoContainerInsights(reason="...")',
    ),
}


@pytest.mark.parametrize(("choice", "message"), REFUSED.values(), ids=REFUSED)
def test_a_choice_that_means_nothing_is_refused(
    choice: dict[str, Any], message: str, refusal: Refusal
) -> None:
    assert message in " ".join(refusal(lambda: chosen("production", **choice)).split())
