"""Routing that would lead nowhere, or let data leave, is refused; what is not refused leads somewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.changes import Phase
from config.environment import Environment
from config.hosts import in_shard, origins
from config.names import shard_host
from config.region import Region, Shard, american_home, european_home, residency_of, shards
from config.routing import Routing
from config.service import Service
from config.shard_access import called, plain, regional_access
from config.storage import Bucket
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]

ROUTING = Routing(service="api", organizations_per_shard=10, token_issuer="https://id.notes.example")
LONDON = Region(key="uk", name="eu-west-2", zones=("eu-west-2a", "eu-west-2b"), cidr="10.1.0.0/16")
US = american_home(cidr="10.1.0.0/16")


def grown(product: Product, *phases: Phase, **fields: Any) -> System:
    """The newcomer's product in Frankfurt, with these phases after its first."""
    (environment,) = product().environments
    home = Environment.model_validate(
        {**dict(environment), "regions": (european_home(),), "recovery_region": "eu-west-3", "phase": 1}
    )
    return product(phases=(Phase(title="the first users"), *phases), environments=(home,), **fields)


def routed(**fields: Any) -> Phase:
    return Phase(**{"title": "many places", "routing": ROUTING, **fields})


def service(**fields: Any) -> Service:
    return Service(**{"name": "web", "port": 9999, "cpu": 256, "memory_mib": 512, **fields})


@pytest.mark.parametrize(
    ("phase", "fields", "message"),
    [
        (
            routed(routing=ROUTING.model_copy(update={"service": "web"})),
            {},
            "routing.service must be a service with a host (api), got web",
        ),
        (
            routed(regions=(european_home(), LONDON)),
            {},
            "region uk must lie in the EU or the US, where data of organizations has to stay, got eu-west-2",
        ),
        (
            routed(regions=(european_home(recovery_region="us-west-2"),)),
            {"buckets": (Bucket(name="files", replica="copies"),)},
            "recovery_region of region eu must lie in the EU too: copies of its data must not leave it, "
            "got us-west-2",
        ),
        (
            routed(regions=(european_home(), american_home(cidr="10.0.128.0/17"))),
            {},
            "cidr of region us must not overlap that of region eu (10.0.0.0/16), got 10.0.128.0/17",
        ),
    ],
)  # fmt: skip
def test_a18_routing_that_cannot_work_is_refused(
    product: Product, refusal: Refusal, phase: Phase, fields: dict[str, Any], message: str
) -> None:
    assert message in refusal(lambda: grown(product, phase, **fields).resolve("production", 2))


@pytest.mark.parametrize(
    ("hosts", "paths", "message"),
    [
        (
            ("web.notes.example",),
            ("/web/*",),
            "service web must be reached by a host of its own, since a shard's address is made of the host's "
            "name, got paths /web/*",
        ),
        (
            ("notes.example",),
            (),
            "host of service web must be a name below the domain, since a shard's own address is made of it, "
            "got notes.example",
        ),
        (
            ("api-eu-1.notes.example",),
            (),
            "api-eu-1.notes.example is the address of shard eu-1, so no service may have it as a host",
        ),
        (
            ("a.notes.example", "b.notes.example", "c.notes.example"),
            (),
            "service web must have at most 2 hosts, since a shard answers to as many of its own, got 3",
        ),
        (
            ("a.b.notes.example",),
            (),
            "host of service web must be notes.example or one name below it",
        ),
    ],
)
def test_hosts_that_shards_cannot_have_are_refused(
    product: Product, refusal: Refusal, hosts: tuple[str, ...], paths: tuple[str, ...], message: str
) -> None:
    services = (*product().services, service(hosts=hosts, paths=paths))

    assert message in refusal(lambda: grown(product, routed(), services=services).resolve("production", 2))


def test_a18_two_regions_at_once_are_refused_once_there_is_a_table(
    product: Product, refusal: Refusal
) -> None:
    ireland = Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), cidr="10.2.0.0/16")
    both = Phase(title="the world", regions=(european_home(), US, ireland))

    assert (
        "phase 3 must add at most 1 region, since CloudFormation adds one replica of the routing table in a "
        "deployment, got us, ie: give each a phase of its own"
    ) in refusal(lambda: grown(product, routed(), both).resolve("production"))
    assert grown(product, both, routed()).resolve("production", 3).routing == ROUTING


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"organizations_per_shard": 0}, "organizations_per_shard: must be at least 1, got 0"),
        ({"token_issuer": "id.example"}, "an HTTPS address without port, query or fragment"),
        ({"home_paths": ("webhooks",)}, "a path such as /webhooks/"),
    ],
)
def test_values_of_routing_say_what_is_allowed(
    refusal: Refusal, fields: dict[str, Any], allowed: str
) -> None:
    given = {"service": "api", "organizations_per_shard": 1, "token_issuer": "https://id.example"}

    assert allowed in refusal(lambda: Routing(**{**given, **fields}))


@pytest.mark.parametrize(
    ("region", "residency"),
    [
        ("eu-central-1", "EU"),
        ("eu-south-2", "EU"),
        ("eu-west-2", None),
        ("eu-central-2", None),
        ("us-east-1", "US"),
        ("us-west-2", "US"),
        ("ca-central-1", None),
    ],
)
def test_a18_london_and_zurich_are_not_in_the_union(region: str, residency: str | None) -> None:
    assert residency_of(region) == residency


def test_each_shard_has_an_address_of_its_own_beside_the_public_one(product: Product) -> None:
    deployment = grown(product, routed(regions=(european_home(shards=shards(2)), US))).resolve(
        "production", 2
    )
    (api,) = deployment.services

    assert origins(deployment) == {
        ("eu", "1"): "api-eu-1.notes.example",
        ("eu", "2"): "api-eu-2.notes.example",
        ("us", "1"): "api-us-1.notes.example",
    }
    assert in_shard(deployment, api, US, Shard(key="1")).hosts == (
        "api.notes.example",
        "api-us-1.notes.example",
    )
    before = grown(product, routed()).resolve("production", 1)
    assert before.routing is None
    assert in_shard(before, api, US, Shard(key="1")) == api
    assert origins(before) == {}


def test_shards_of_a_region_have_groups_of_their_own_and_no_way_to_each_other(product: Product) -> None:
    deployment = grown(product, routed(regions=(european_home(shards=shards(2)), US))).resolve(
        "production", 2
    )
    table = {str(rule) for rule in regional_access(deployment, deployment.home)}

    assert "compute -> database:5432" in table
    assert "compute of shard 2 -> database of shard 2:5432" in table
    assert "compute of shard 2 -> internet:443" in table
    assert not [line for line in table if ("shard 2" in line.split(" -> ")[0]) != ("shard 2" in line)
                and "internet" not in line]  # fmt: skip
    assert [plain(called(name, key)) for name in ("cache",) for key in ("1", "2")] == [
        ("cache", "1"),
        ("cache", "2"),
    ]


def test_a17_a18_restartix_grows_as_its_document_says() -> None:
    three, four = (load_system("restartix").resolve("production", phase) for phase in (3, 4))
    database = three.database
    core = next(service for service in three.services if service.name == "core-api")

    assert getattr(database, "instance_class", None) == "r6g.xlarge"
    assert (three.replicas, core.scaling.max) == (2, 10)
    assert [(region.name, len(region.shards)) for region in four.regions] == [
        ("eu-central-1", 3),
        ("us-east-1", 5),
    ]
    assert shard_host("api.restartix.com", four.regions[1], Shard(key="5")) == "api-us-5.restartix.com"
