"""A product on one host: what its description may say, and what a phase changes about where it runs."""

from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.edge import Edge
from config.hosts import front_door_record, zone_record
from config.operator_keys import operator_keys
from config.sources import Generated
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]


def test_the_phase_says_where_it_runs() -> None:
    system = load_system("vantrexia")

    assert [system.resolve("production", phase).platform for phase in (1, 2)] == ["host", "fargate"]


def test_the_word_on_the_command_line_is_above_the_phase() -> None:
    system = load_system("restartix")

    assert system.resolve("production", 2, platform="fargate").platform == "fargate"


def test_disk_and_front_door_stay_described_after_the_host() -> None:
    grown = load_system("vantrexia").resolve("production", 2)

    assert grown.host is not None
    assert {keys.secret for keys in operator_keys(grown)} >= {"front-door", "registry"}


def test_workers_that_share_keys_are_filled_in_once() -> None:
    keys = [one.secret for one in operator_keys(load_system("vantrexia").resolve("production"))]

    assert keys == ["backend", "front-door", "registry", "backup"]


def test_jobs_never_have_what_a_host_lets_in() -> None:
    for phase in (1, 2):
        assert load_system("vantrexia").resolve("production", phase).job_group == "database-jobs"


def test_records_lie_in_the_zone_that_is_ours() -> None:
    deployment = load_system("vantrexia").resolve("production")

    assert zone_record(deployment, "api.vantrexia.com") == "api.origin.vantrexia.com"
    assert front_door_record(deployment) == "front-door-production.origin.vantrexia.com"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"dns": "route53", "zone": "elsewhere.test"}, "zone must lie below the domain shop.test, got"),
        ({"dns": "route53", "zone": "shop.test"}, "zone must lie below the domain shop.test, got"),
        ({"dns": "cloudflare", "zone": "aws.shop.test"}, 'zone needs dns to be "route53"'),
    ],
)
def test_a_zone_that_cannot_be(fields: dict[str, Any], words: str, refusal: Refusal) -> None:
    assert words in refusal(lambda: Edge(domain="shop.test", **fields))


def test_a_worker_cannot_share_a_key_that_the_other_has_not(product: Product, refusal: Refusal) -> None:
    base = product()
    (api,) = base.services
    worker = api.model_copy(
        update={
            "name": "worker",
            "port": None,
            "hosts": (),
            "shares_keys_of": "api",
            "secrets": {**api.secrets, "SECRET_KEY": Generated()},
        }
    )

    said = refusal(lambda: product(services=(api, worker)))

    assert "service worker reads the secret of api, so SECRET_KEY must be among its secrets" in said


def test_a_worker_cannot_share_with_nobody(product: Product, refusal: Refusal) -> None:
    (api,) = product().services

    said = refusal(lambda: product(services=(api.model_copy(update={"shares_keys_of": "other"}),)))

    assert "service api uses service 'other', which is not one of api" in said
