"""Numbers of listener rules: a load balancer asks the lowest first, and takes each number once."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.doors import LONGEST_PATH, check_doors, check_priorities, listener_priority
from config.service import RESERVED_SERVICES, Service

MANY = settings(max_examples=200, database=None)
DOMAIN = "shop.test"
HIGHEST = 50_000
"""The last number that a listener has."""


def service(name: str, **doors: Any) -> Service:
    return Service(**{"name": name, "port": 8080, "cpu": 256, "memory_mib": 512, **doors})


names = st.from_regex(r"[a-z][a-z0-9]{0,11}(-[a-z0-9]{1,6})?", fullmatch=True).filter(
    lambda name: name not in RESERVED_SERVICES
)
paths = st.from_regex(r"/[a-z]{1,12}(/[a-z]{1,12})?/\*", fullmatch=True)


@st.composite
def products(draw: st.DrawFn) -> tuple[Service, ...]:
    """Services on ports of their own, each behind a host, a path, both or neither."""
    found = []
    for number, name in enumerate(draw(st.lists(names, min_size=1, max_size=8, unique=True))):
        doors: dict[str, Any] = {"port": 8000 + number}
        if draw(st.booleans()):
            doors["hosts"] = (f"h{number}.{DOMAIN}",)
        if draw(st.booleans()):
            doors["paths"] = (draw(paths),)
        found.append(service(name, **doors))
    return tuple(found)


def accepted(services: tuple[Service, ...]) -> bool:
    try:
        check_doors(services, DOMAIN)
        check_priorities(services)
    except ValueError:
        return False
    return True


@MANY
@given(products())
def test_numbers_are_unique_or_the_product_is_refused(services: tuple[Service, ...]) -> None:
    numbers = [listener_priority(one) for one in services]

    assert len(set(numbers)) == len(numbers) or not accepted(services)


@MANY
@given(products())
def test_numbers_are_those_a_listener_has(services: tuple[Service, ...]) -> None:
    assert all(1 <= listener_priority(one) <= HIGHEST for one in services)


@MANY
@given(products(), st.randoms())
def test_a_service_that_comes_or_goes_or_moves_renumbers_nobody(
    services: tuple[Service, ...], random: Any
) -> None:
    before = {one.name: listener_priority(one) for one in services}
    others = list(services)
    random.shuffle(others)
    others.pop()

    assert {one.name: listener_priority(one) for one in others}.items() <= before.items()


@MANY
@given(names, paths, paths, st.sampled_from(["a", "b", "web"]))
def test_the_more_is_asked_for_the_earlier(one: str, path: str, another: str, other: str) -> None:
    host = (f"www.{DOMAIN}",)
    both = listener_priority(service(one, hosts=host, paths=(path,)))
    by_host = listener_priority(service(other, hosts=host))
    by_path = listener_priority(service(one, paths=(another,)))

    assert both < by_host < by_path < listener_priority(service(other))


@MANY
@given(names, names, paths, st.integers(1, 40), st.booleans())
def test_the_longer_path_is_asked_first(one: str, other: str, path: str, more: int, at_host: bool) -> None:
    longer = f"{path.removesuffix('*')}{'x' * more}"
    assume(len(path) < len(longer) <= LONGEST_PATH)
    host = {"hosts": (f"www.{DOMAIN}",)} if at_host else {}

    assert listener_priority(service(one, paths=(longer,), **host)) < listener_priority(
        service(other, paths=(path,), **host)
    )


@pytest.mark.parametrize(
    ("one", "number"),
    [
        (service("core-api", hosts=("api.shop.test",)), 18677),
        (service("telemetry-api", hosts=("telemetry.shop.test",)), 14942),
    ],
)
def test_a_number_never_changes(one: Service, number: int) -> None:
    assert listener_priority(one) == number


def test_two_names_that_give_one_number_are_refused_with_what_to_do() -> None:
    names = [f"api-{number}" for number in range(1, 100_000)]
    first = service(names[0], hosts=("first.shop.test",))
    twin = next(
        other
        for name in names[1:]
        if listener_priority(other := service(name, hosts=("twin.shop.test",), port=8081))
        == listener_priority(first)
    )

    with pytest.raises(ValueError, match=f"services {first.name} and {twin.name} must have names that") as it:
        check_priorities((first, twin))
    assert "rename the newer one" in str(it.value)


def test_a_worker_has_no_rule_and_takes_no_number() -> None:
    first = service("api-1", hosts=("first.shop.test",))
    workers = tuple(service(f"api-{number}", port=None) for number in range(2, 200))

    check_priorities((first, *workers))


def test_one_service_may_take_what_no_other_claims() -> None:
    check_doors((service("web"), service("api", port=8081, paths=("/api/*",))), DOMAIN)


def test_two_services_may_not_both_take_the_rest() -> None:
    with pytest.raises(ValueError, match="services web and shop both claim every request that no other"):
        check_doors((service("web"), service("shop", port=8081)), DOMAIN)
