"""What is the same in every shard is shown once, and whatever is one shard's is shown as its own."""

import io
from pathlib import Path

from rich.console import Console

from config.catalog import load_system
from config.shard_access import regional_access
from ops.assembly.comparison import Deployed, Output
from ops.assembly.manifest import Stack
from ops.embedded.aws import Place
from ops.reachability.connections import Connection, Half, expected
from ops.report.summary import show_endpoints, show_groups, show_logins
from ops.verify.network import FoundGroups
from ops.verify.secrets import Login


def shown(*planted: Half) -> list[str]:
    """The lines about Frankfurt in phase 4, with planted halves."""
    deployment = load_system("restartix").resolve("production", 4, platform="app-runner")
    halves = expected(regional_access(deployment, deployment.home)) | set(planted)
    found = FoundGroups(Place(deployment.environment.account, "eu-central-1"), frozenset(halves), ())
    output = io.StringIO()
    show_groups(Console(file=output, width=160), deployment, (found,))
    return [" ".join(line.split()) for line in output.getvalue().splitlines()]


def test_what_every_shard_has_is_one_line() -> None:
    lines = shown()

    assert "compute database 5432 PostgreSQL eu-central-1, shards 1, 2, 3" in lines
    assert len([line for line in lines if line.startswith("compute database ")]) == 1


def test_what_leads_from_one_shard_into_another_is_seen() -> None:
    across = Connection("compute of shard 2", "database", (5432, 5432))

    assert "compute of shard 2 database 5432 nobody asked for it eu-central-1" in shown(Half(across, "in"))


def lines_of(output: io.StringIO) -> list[str]:
    return [" ".join(line.split()) for line in output.getvalue().splitlines()]


def login(key: str, shard: str) -> Login:
    return Login("core-api", key, "app", "restartix", encrypted=True, shard=shard)


def test_urls_are_counted_by_shard_and_the_shards_are_named() -> None:
    output = io.StringIO()
    urls = [login("DATABASE_URL", "eu 1"), login("DATABASE_URL", "us 1")]
    replicas = [login("DATABASE_REPLICA_URLS", shard) for shard in ("eu 1", "us 1") for _ in range(2)]

    show_logins(Console(file=output, width=160), [*urls, *replicas], several=True)

    assert "core-api DATABASE_URL app restartix yes eu 1, us 1" in lines_of(output)
    assert "core-api DATABASE_REPLICA_URLS, 2 app restartix yes eu 1, us 1" in lines_of(output)


def test_replicas_of_a_single_shard_are_no_shards() -> None:
    output = io.StringIO()

    show_logins(Console(file=output, width=160), [login("DATABASE_REPLICA_URLS", "eu 1")] * 2, several=False)

    assert "core-api DATABASE_REPLICA_URLS, 2 app restartix yes" in lines_of(output)
    assert "shard" not in output.getvalue()


def deployed(name: str, *outputs: Output) -> Deployed:
    place = Place("111122223333", "eu-central-1")
    return Deployed(Stack(name, place, Path(), ()), "CREATE_COMPLETE", same_template=True, outputs=outputs)


def test_an_endpoint_that_every_shard_has_says_whose_it_is() -> None:
    output = io.StringIO()
    portal, page = (
        Output("PortalUrl", "https://one", "the portal"),
        Output("PageUrl", "https://page", "the page"),
    )

    show_endpoints(
        Console(file=output, width=160),
        (deployed("x-eu-1-compute", portal, page), deployed("x-eu-2-compute", portal)),
    )

    assert "the portal PortalUrl, x-eu-1-compute" in lines_of(output)
    assert "the portal PortalUrl, x-eu-2-compute" in lines_of(output)
    assert "the page PageUrl" in lines_of(output)
