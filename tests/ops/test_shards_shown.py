"""Who may talk to whom is shown once for all shards that have it, and what crosses shards as it is."""

import io

from rich.console import Console

from config.catalog import load_system
from config.shard_access import regional_access
from ops.embedded.aws import Place
from ops.reachability.connections import Connection, Half, expected
from ops.report.summary import show_groups
from ops.verify.network import FoundGroups


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
    assert len([line for line in lines if "database" in line]) == 1


def test_what_leads_from_one_shard_into_another_is_seen() -> None:
    across = Connection("compute of shard 2", "database", (5432, 5432))

    assert "compute of shard 2 database 5432 nobody asked for it eu-central-1" in shown(Half(across, "in"))
