"""What is described is built, or refused by name: never silently left out."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from config.alarms import NoAlarms
from config.catalog import load_system
from config.deployment import Deployment
from config.network import NoNat
from config.system import System
from config.tenancy import TenantQuotas
from config.values import ConfigError
from stacks.coverage import refuse_unbuilt

ROOT = Path(__file__).parents[2]
DESCRIBES_ONLY = {
    "phase_title": "for people",
    "environment": "read field by field",
    "title": "for people",
    "phase": "decided by resolve",
    "changes": "folded in by resolve",
    "reason": "for people: an opt-out is its presence",
    "kind": "chooses the class",
    "domain": "checked against hosts; DNS is the operator's",
    "usage": "read by cambium cost, and changes no template",
    "database_pool": "counted by the connection budget",
    "replica_pool": "counted by the connection budget",
    "pause_after_seconds": "read as pauses_after_seconds",
    "publicly_accessible": "always False",
    "where": "for the operator, by the secrets command",
    "hipaa": "read by the app",
    "why": "for people",
    "production": "protects stacks and refuses opt-outs",
    "owner_id": "in the subjects that roles trust",
    "repository_id": "in the subjects that roles trust",
    "no_deploys": "for the deploy workflow, by the deploy-window command",
    "recovery_region": "names the region of copies",
    "availability_percent": "for people: what users were told",
    "since_phase": "decided by resolve",
    "organizations_per_shard": "for whoever places an organization, by routing.placement",
    **dict.fromkeys(("home_paths", "token_claims", "token_issuer"), "for the Worker, by the worker command"),
    **dict.fromkeys(TenantQuotas.model_fields, "told to the first step of making a tenant, as a whole"),
}
"""Fields that no stack has to read, and why."""

REFUSED_AS_A_WHOLE = (
    "Schedule",
    "NoDeploys",
    "Changes",
    "Usage",
)


def test_a_system_that_needs_more_is_refused_by_everything_it_lacks(notes_system: System) -> None:
    deployment = notes_system.resolve("production")
    database = deployment.database
    assert database
    lacking = {
        "database": database.model_copy(update={"version": "14.20"}),
        "network": deployment.network.model_copy(update={"nat": NoNat()}),
    }

    with pytest.raises(ConfigError) as caught:
        refuse_unbuilt(deployment.model_copy(update=lacking))

    assert str(caught.value) == (
        "notes production describes what no stack builds yet: a PostgreSQL before 15; "
        "a network without a way out"
    )


def test_a_system_that_needs_no_more_is_built(notes_system: System) -> None:
    refuse_unbuilt(notes_system.resolve("production"))


def test_a_postgres_whose_roles_cannot_be_made_is_refused(notes_system: System) -> None:
    deployment = notes_system.resolve("production")
    database = deployment.database
    assert database
    older, oldest_built = (database.model_copy(update={"version": it}) for it in ("14.20", "15.19"))

    with pytest.raises(ConfigError, match=r"yet: a PostgreSQL before 15$"):
        refuse_unbuilt(deployment.model_copy(update={"database": older}))
    refuse_unbuilt(deployment.model_copy(update={"database": oldest_built}))


def test_a_network_that_leads_nowhere_is_refused(notes_system: System) -> None:
    deployment = notes_system.resolve("production")
    closed = deployment.network.model_copy(update={"nat": NoNat()})

    with pytest.raises(ConfigError, match=r"yet: a network without a way out$"):
        refuse_unbuilt(deployment.model_copy(update={"network": closed}))


def test_a_database_for_nobody_is_refused(notes_system: System) -> None:
    deployment = notes_system.resolve("production")
    idle = deployment.services[0].model_copy(update={"secrets": {}, "database_pool": 0})

    with pytest.raises(ConfigError, match=r"yet: a database no service uses$"):
        refuse_unbuilt(deployment.model_copy(update={"services": (idle,)}))


def test_a_product_that_keeps_nothing_is_refused(notes_system: System) -> None:
    """Its data stack would be empty, which CloudFormation refuses."""
    deployment = notes_system.resolve("production")
    idle = deployment.services[0].model_copy(update={"secrets": {}, "database_pool": 0})

    with pytest.raises(ConfigError, match=r"yet: a product without database, cache and secrets$"):
        refuse_unbuilt(deployment.model_copy(update={"services": (idle,), "database": None}))


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"paths": ("/api/*",)}, "service api with paths on App Runner"),
        ({"sticky": True}, "service api with sticky clients on App Runner"),
        ({"spot": True}, "service api with Spot on App Runner"),
    ],
)
def test_what_app_runner_cannot_do_is_refused_there(
    notes_system: System, changed: dict[str, Any], what: str
) -> None:
    service = notes_system.services[0].model_copy(update=changed)
    environment = notes_system.environments[0].model_copy(
        update={"platform": "app-runner", "app_runner_acknowledgement": "our account runs it already"}
    )
    deployment = notes_system.resolve("production").model_copy(
        update={"services": (service,), "environment": environment, "platform": "app-runner"}
    )

    with pytest.raises(ConfigError, match=what):
        refuse_unbuilt(deployment)
    refuse_unbuilt(
        deployment.model_copy(update={"environment": notes_system.environments[0], "platform": "fargate"})
    )


def test_a_shell_is_refused_where_there_is_none() -> None:
    deployment = load_system("restartix").resolve("production")
    environment = deployment.environment.model_copy(update={"shell_access": True})

    with pytest.raises(ConfigError, match="shell access on App Runner"):
        refuse_unbuilt(deployment.model_copy(update={"environment": environment}))


def test_every_field_that_can_be_described_is_read_by_a_stack_or_refused() -> None:
    read = {
        node.attr
        for folder in ("stacks", "constructs/cambium", "config")
        for file in (ROOT / folder).rglob("*.py")
        if folder != "config"
        or file.name
        in (
            *("access.py", "deployment.py", "firewall.py", "hosts.py", "names.py", "network.py"),
            *("sources.py", "zones.py"),
        )
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
    }
    unread = {
        f"{model.__name__}.{field}"
        for model in models(Deployment)
        if model.__name__ not in REFUSED_AS_A_WHOLE
        for field in model.model_fields
        if field not in read and field not in DESCRIBES_ONLY
    }

    assert unread == set()


def models(root: type[BaseModel]) -> set[type[BaseModel]]:
    """Every model that a deployment is made of."""
    found: set[type[BaseModel]] = set()
    waiting = [root]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            for field in model.model_fields.values():
                waiting += inside(field.annotation)
    return found - {NoAlarms}


def inside(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from inside(argument)
