"""What the page about growing says to write into the configuration is valid, and does what it says."""

import re
import textwrap

import pytest

from config.catalog import load_system
from config.changes import CacheChange, Changes, DatabaseChange
from config.deployment import Deployment
from config.sources import ReplicaUrls
from config.system import System
from docs.markdown import ROOT

PAGE = (ROOT / "docs" / "runbooks" / "grow-a-phase.md").read_text()
BLOCKS = [
    textwrap.dedent(body)
    for body in re.findall(r"^ *```python\n(.*?)^ *```$", PAGE, re.M | re.S)
    if "changes=" in body
]
KNOWN = {"Changes": Changes, "DatabaseChange": DatabaseChange, "CacheChange": CacheChange}


def grown(system: System, **fields: object) -> Deployment:
    (production,) = [one for one in system.environments if one.name == "production"]
    changed = production.model_copy(update={"phase": 2, **fields})
    return system.model_copy(update={"environments": (changed,)}).resolve("production")


@pytest.mark.parametrize("block", BLOCKS)
def test_every_change_it_shows_is_accepted_and_has_no_replicas(block: str) -> None:
    fields = eval(f"dict({block})", KNOWN)  # noqa: S307

    assert grown(load_system("restartix"), **fields).replicas == 0


def test_it_shows_the_way_up_and_both_ways_back() -> None:
    assert len(BLOCKS) == 3


def test_without_the_line_it_names_services_are_told_of_no_replica_while_both_are_there() -> None:
    system = load_system("restartix")
    line = '"DATABASE_REPLICA_URLS": ReplicaUrls(role="restartix"),'
    source = (ROOT / "config" / "systems" / "restartix.py").read_text()
    assert line in PAGE
    assert source.count(line) == len(system.services)

    untold = tuple(
        service.model_copy(
            update={
                "secrets": {
                    key: value for key, value in service.secrets.items() if not isinstance(value, ReplicaUrls)
                }
            }
        )
        for service in system.services
    )
    deployment = grown(system.model_copy(update={"services": untold}))

    assert deployment.replicas == 2
    for service in deployment.services:
        assert "DATABASE_REPLICA_URLS" not in deployment.secrets_of(service)
