"""Host names lead somewhere, certificates cover them, and zones belong to one account."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from config.catalog import load_system
from config.changes import Changes, EdgeChange
from config.deployment import Deployment
from config.doors import check_priorities
from config.edge import CacheBehavior, Distribution, Edge
from config.firewall import MANAGED_RULES, RULE_NAMES, Firewall, RuleOff
from config.hosts import direct_hosts, distributed_hosts, health_paths, origin_host
from config.region import Region, Shard
from config.scaling import Scaling
from config.service import Service
from config.system import System

Refusal = Callable[[Callable[[], object]], str]

ZONE = "Z0123456789SHOP"
ONE_BEHAVIOR = (CacheBehavior(path="*", ttl_seconds=60),)


@pytest.fixture
def notes(newcomer: None) -> System:
    return load_system("notes")


def reached(notes: System, edge: Edge, *hosts: str, **changed: Any) -> Deployment:
    """The newcomer's product behind ``edge``, with one service at these hosts."""
    service = notes.services[0].model_copy(update={"hosts": hosts})
    fields = dict(notes.resolve("production")) | {"services": (service,), "edge": edge} | changed
    return Deployment.model_validate(fields)


def route53(**fields: Any) -> Edge:
    return Edge(dns="route53", domain="shop.test", hosted_zone_id=ZONE, **fields)


def cached(*hosts: str) -> Distribution:
    return Distribution(hosts=hosts, behaviors=ONE_BEHAVIOR)


def test_c12_a_host_below_what_the_certificate_covers_is_refused(notes: System, refusal: Refusal) -> None:
    message = refusal(lambda: reached(notes, route53(), "a.b.shop.test"))

    assert "must be shop.test or one name below it" in message
    assert "the certificate for shop.test and *.shop.test covers, got a.b.shop.test" in message
    reached(notes, route53(), "b.shop.test", "shop.test")


def test_c12_a_host_by_name_may_lie_as_deep_as_it_likes(notes: System) -> None:
    reached(notes, Edge(domain="shop.test"), "a.b.shop.test")


def test_a_certificate_by_name_takes_ten_hosts(notes: System, refusal: Refusal) -> None:
    services = tuple(
        notes.services[0].model_copy(
            update={
                "name": f"web-{number}",
                "port": 8000 + number,
                "hosts": (f"h{number}.shop.test",),
                "database_pool": 1,
                "scaling": Scaling(min=1, max=1),
            }
        )
        for number in range(11)
    )
    fields = dict(notes.resolve("production")) | {"edge": Edge(domain="shop.test")}

    message = refusal(lambda: Deployment.model_validate(fields | {"services": services}))
    assert "at most 10 hosts together, as many as ACM puts into one certificate, got 11" in message
    Deployment.model_validate(fields | {"services": services[:10]})


def test_c7_hosts_of_the_distribution_are_hosts_of_services(notes: System, refusal: Refusal) -> None:
    edge = route53(distribution=cached("cdn.shop.test"))

    message = refusal(lambda: reached(notes, edge, "shop.test"))
    assert "must be hosts of services (shop.test), got cdn.shop.test" in message


def test_c7_the_name_cloudfront_needs_is_no_services(notes: System, refusal: Refusal) -> None:
    edge = route53(distribution=cached("shop.test"))

    message = refusal(lambda: reached(notes, edge, "shop.test", "origin-production.shop.test"))
    assert "origin-production.shop.test is the name CloudFront reaches the load balancer by" in message


@pytest.mark.parametrize("edge", [route53(), Edge(domain="shop.test", distribution=cached("shop.test"))])
def test_one_host_leads_to_one_load_balancer(notes: System, refusal: Refusal, edge: Edge) -> None:
    (region,) = notes.resolve("production").regions
    doubled = Region.model_validate({**dict(region), "shards": (Shard(key="1"), Shard(key="2"))})

    message = refusal(lambda: reached(notes, edge, "shop.test", regions=(doubled,)))
    assert "one region with one shard, got" in message


def test_c7_c12_some_hosts_lead_to_cloudfront_and_the_others_past_it(notes: System) -> None:
    deployment = reached(notes, route53(distribution=cached("shop.test")), "shop.test", "api.shop.test")

    assert distributed_hosts(deployment) == ("shop.test",)
    assert origin_host(deployment) == "origin-production.shop.test"
    assert direct_hosts(deployment) == ("api.shop.test", "origin-production.shop.test")
    assert health_paths(deployment) == (notes.services[0].health.path,)


def test_without_cloudfront_every_host_leads_to_the_load_balancer(notes: System) -> None:
    deployment = reached(notes, route53(), "shop.test", "api.shop.test")

    assert direct_hosts(deployment) == ("shop.test", "api.shop.test")
    assert health_paths(deployment) == ()


def two_environments(notes: System, edge: Edge, change: EdgeChange, account: str | None = None) -> System:
    """The product with a second environment whose edge differs by ``change``."""
    (production,) = (one for one in notes.environments if one.name == "production")
    (region,) = production.regions
    elsewhere = Region(key="us", name="us-east-1", zones=("us-east-1a", "us-east-1b", "us-east-1c"))
    assert region.name != elsewhere.name
    second = {
        **dict(production),
        "name": "dev",
        "account": account or production.account,
        "regions": (elsewhere,),
        "changes": Changes(edge=change),
    }
    services = tuple(one.model_copy(update={"hosts": ()}) for one in notes.services)
    fields = {"edge": edge, "services": services, "environments": (production, second)}
    return System.model_validate({**dict(notes), **fields})


def test_c12_two_environments_do_not_both_create_the_zone(notes: System, refusal: Refusal) -> None:
    edge = Edge(dns="route53", domain="shop.test")

    message = refusal(lambda: two_environments(notes, edge, EdgeChange()))
    assert "environments production and dev must not both create the zone of shop.test" in message
    two_environments(notes, edge, EdgeChange(hosted_zone_id=ZONE))
    two_environments(notes, edge, EdgeChange(domain="dev.shop.test"))
    two_environments(notes, edge, EdgeChange(dns="elsewhere"))


def test_c12_a_zone_is_written_from_its_own_account_only(notes: System, refusal: Refusal) -> None:
    other = "999988887777"

    message = refusal(lambda: two_environments(notes, route53(), EdgeChange(), other))
    assert f"got {ZONE} for both: a zone takes records from its own account only" in message
    assert other in message
    two_environments(notes, route53(), EdgeChange())
    two_environments(notes, route53(), EdgeChange(dns="elsewhere", hosted_zone_id=None), other)


def public(number: int, **doors: Any) -> Service:
    fields = {"port": 8000 + number, "cpu": 256, "memory_mib": 512, "hosts": (f"h{number}.shop.test",)}
    return Service.model_validate({"name": f"web-{number}", **fields, **doors})


def test_c3_more_rules_than_a_load_balancer_has_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at most 100, as many as one load balancer has rules .*, got 101"):
        check_priorities(tuple(public(number) for number in range(101)))


def test_c3_more_hosts_and_paths_than_a_rule_compares_with_are_refused() -> None:
    hosts = tuple(f"a{number}.shop.test" for number in range(4))

    with pytest.raises(
        ValueError, match=r"hosts and paths of service web-1 must be at most 5 together.*got 6"
    ):
        check_priorities((public(1, hosts=hosts, paths=("/a/*", "/b/*")),))
    check_priorities((public(1, hosts=hosts, paths=("/a/*",)),))


def test_d7_rules_are_those_the_environment_needs() -> None:
    everything = Firewall(blocked_countries=("KP",), bot_control=True)

    assert everything.rules == RULE_NAMES
    assert Firewall().rules == ("ip-reputation", "rate-limit", "bad-inputs", "sql-injection", "common")
    assert Firewall(off=(RuleOff(rule="common", reason="replaced by our own"),)).rules[-1] == "sql-injection"


@pytest.mark.parametrize("name", ["xss", "common/XSS", "rate-limit/anything", "common/"])
def test_d7_a_rule_that_does_not_exist_cannot_be_counted(name: str) -> None:
    """WAF takes such a name without a word, and goes on blocking."""
    with pytest.raises(ValidationError, match=r"count (must name rules of|names a rule that)"):
        Firewall(count=frozenset({name}))


def test_d7_a_rule_is_counted_or_off_but_not_both() -> None:
    off = (RuleOff(rule="bots", reason="too many false alarms"),)

    with pytest.raises(ValidationError, match="must be in count or in off, got bots in both"):
        Firewall(count=frozenset({"bots"}), off=off)
    with pytest.raises(ValidationError, match="off must name each rule once"):
        Firewall(off=(*off, *off))


def test_d7_every_group_that_can_be_counted_in_part_is_a_rule() -> None:
    assert set(MANAGED_RULES) <= set(RULE_NAMES)
