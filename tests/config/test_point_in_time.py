"""A21: a promise of point-in-time recovery that nothing measures is refused; where it can be, it is."""

from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.database import AuroraServerless, DatabaseRole
from config.environment import Environment
from config.recovery import DatabaseDump, RecoveryTargets
from config.storage import Bucket
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]

PROMISE: dict[str, Any] = {"restore_hours": 4, "loss_hours": 24, "availability_percent": 99.9}


def promised(minutes: float | None = 5) -> RecoveryTargets:
    return RecoveryTargets(**PROMISE, point_in_time_minutes=minutes)


def cluster(least_acu: float) -> AuroraServerless:
    return AuroraServerless(
        name="notes",
        master_username="notes_admin",
        version="17.10",
        min_capacity_acu=least_acu,
        max_capacity_acu=2,
        max_connections=200,
        roles=(
            DatabaseRole(name="notes_owner", kind="owner"),
            DatabaseRole(name="notes", kind="application"),
        ),
    )


BACKED_UP: dict[str, Any] = {
    "buckets": (Bucket(name="backups", replica="copies"),),
    "dumps": (DatabaseDump(bucket="backups"),),
    "recovery": promised(),
}


def backed_up(product: Product, **changes: Any) -> System:
    """A product in production whose dumps leave the region."""
    environment = {**dict(product().environments[0]), "recovery_region": "eu-central-1"}
    given = {**BACKED_UP, "environments": (Environment.model_validate(environment),), **changes}
    return product(**given)


def test_it_is_late_once_a_whole_upload_was_missed() -> None:
    assert promised(5).late_minutes == 10
    assert promised(None).late_minutes is None


def test_less_than_rds_can_keep_is_not_promised(refusal: Refusal) -> None:
    assert "point_in_time_minutes: must be at least 5" in refusal(lambda: promised(1))


def test_what_was_promised_of_production_is_measured(product: Product) -> None:
    assert backed_up(product).resolve("production").measures_point_in_time


def test_without_dumps_nothing_stands_there_to_measure_it(product: Product, refusal: Refusal) -> None:
    message = refusal(lambda: backed_up(product, dumps=()).resolve("production"))

    assert "recovery.point_in_time_minutes promises 5 in environment production" in message
    assert "give it a database, and dumps" in message


def test_of_a_cluster_that_pauses_nobody_knows(product: Product, refusal: Refusal) -> None:
    message = refusal(lambda: backed_up(product, database=cluster(0)).resolve("production"))

    assert "a database, that never pauses (min_capacity_acu above 0)" in message
    assert backed_up(product, database=cluster(0.5)).resolve("production").measures_point_in_time


@pytest.mark.parametrize(
    ("system", "minutes"),
    [("restartix", 5), ("restartix-fargate", None), ("vantrexia", None)],
)
def test_a21_e6_a_product_promises_what_its_document_says(system: str, minutes: float | None) -> None:
    recovery = load_system(system).recovery

    assert recovery is not None
    assert recovery.point_in_time_minutes == minutes


def test_a18_a21_restartix_measures_it_in_every_phase() -> None:
    system = load_system("restartix")
    phases = [system.resolve("production", phase) for phase in range(1, len(system.phases) + 1)]

    assert all(phase.measures_point_in_time for phase in phases)
