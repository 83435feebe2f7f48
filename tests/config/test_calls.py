"""Who calls whom: a call that cannot be is refused, and the message names both sides."""

from collections.abc import Callable
from typing import Any

import pytest

from config.scaling import Scaling
from config.service import Service
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]


def service(name: str, port: int | None, **fields: Any) -> Service:
    doors = {} if port is None else {"hosts": (f"{name}.notes.example",)}
    return Service(**{"name": name, "port": port, "cpu": 256, "memory_mib": 512, **doors, **fields})


def refused(product: Product, refusal: Refusal, *services: Service, **fields: Any) -> str:
    described = {"database": None, "phases": ({"title": "the first users"},), **fields}
    return refusal(lambda: product(services=services, **described).resolve("production"))


def test_a_call_of_a_service_that_does_not_exist(product: Product, refusal: Refusal) -> None:
    message = refused(product, refusal, service("web", 80, calls=("shop",)), service("api", 8000))

    assert "service web uses service 'shop', which is not one of api, web" in message


def test_a_call_of_a_worker_that_listens_on_nothing(product: Product, refusal: Refusal) -> None:
    message = refused(
        product, refusal, service("web", 80, calls=("mail",)), service("mail", None), service_discovery=True
    )

    assert "service web calls mail, so port of mail must say where it listens, got None" in message


def test_a_call_by_name_where_nobody_has_one(product: Product, refusal: Refusal) -> None:
    message = refused(product, refusal, service("web", 80, calls=("api",)), service("api", 8000))

    assert "service web calls api by name, so service_discovery of the system must be True" in message


def test_two_ways_to_one_service_are_no_circle(product: Product) -> None:
    services = (
        service("web", 80, calls=("api", "shop")),
        service("api", 8000, calls=("stock",)),
        service("shop", 8001, calls=("stock",)),
        service("stock", 8002),
    )
    described = product(
        services=services, database=None, phases=({"title": "the first users"},), service_discovery=True
    )

    assert described.resolve("production").services == services


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"scaling": Scaling(queues=("jobs",))},
            "service mail scales on queue jobs, so reads_queues must name it, got none",
        ),
        ({"stop_seconds": 121}, "Service.stop_seconds: must be at most 120, got 121"),
    ],
)
def test_d6_d13_a_worker_that_would_not_work(fields: dict[str, Any], message: str, refusal: Refusal) -> None:
    assert message in refusal(lambda: service("mail", None, **fields))


def test_d6_one_thing_moves_the_number_of_tasks(refusal: Refusal) -> None:
    message = refusal(lambda: Scaling(queues=("jobs",), in_cpu_percent=20))

    assert "in_cpu_percent must be left out where a service scales on queues (jobs), got 20" in message
