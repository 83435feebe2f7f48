"""How tests are spread over the workers of a run: the long ones first, and together what shares servers."""

import os
import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

LONG = (
    "tests/embedded/test_fargate",
    "tests/embedded/",
    "tests/ops/test_up.py",
    "tests/stacks/test_templates_are_clean.py",
    "tests/stacks/test_later_templates_are_clean.py",
    "tests/drills/",
    "tests/runtime/",
    "tests/emulator/test_working_hours.py",
    "tests/emulator/test_poolers.py",
    "tests/emulator/",
    "tests/stacks/",
)
"""What takes long, by the beginning of its name. A long file that came last would leave a worker alone."""
DEPLOYS = (
    "tests/drills/",
    "tests/embedded/",
    "tests/emulator/test_database_jobs.py",
    "tests/emulator/test_rollout.py",
    "tests/emulator/test_rotation.py",
    "tests/runtime/database_jobs/test_every_major.py",
    "tests/runtime/tenant_moves/",
    "tests/runtime/test_rotation_behind_a_pool.py",
    "tests/stacks/test_later_templates_are_clean.py",
    "tests/tenants/",
)
"""What deploys whole products, runs several servers under load, or reads the most templates: marked ``long``.

Single tests are marked where they are: on older major versions, under load, or killed in each step.
"""
NIGHTLY = (
    "tests/embedded/test_restartix_enterprise.py",
    "tests/runtime/tenant_moves/test_killed.py",
    "tests/tenants/test_injected_lives.py",
    "tests/tenants/test_injected_moves.py",
)
"""What breaks every step of something long in turn, or makes ten tenants: marked ``nightly`` besides."""
TOGETHER = (
    "tests/embedded/test_fargate",
    "tests/runtime/pooler/",
    "tests/runtime/pool_functions/",
    "tests/runtime/tenant_moves/",
)
"""Files that share an embedded AWS or a database server, by the beginning of their names."""
SERVER = re.compile(r"^tests/runtime/.*\[(postgres\d+)")
"""A test that runs on each version of PostgreSQL: those of one version share a server."""


def busy_workers() -> int:
    """One more than there are cores: half of the time a test waits for a server."""
    return (os.cpu_count() or 1) + 1


def is_long(test: str) -> bool:
    """Whether it is one of ``make test-long`` or ``make test-nightly``."""
    return test.startswith(DEPLOYS)


def is_nightly(test: str) -> bool:
    """Whether it is one of ``make test-nightly``, which is not waited for before a change lands."""
    return test.startswith(NIGHTLY)


def group_of(test: str) -> str:
    """The tests of one group run on one worker, one after the other."""
    file = test.partition("::")[0]
    server = SERVER.match(test)
    return server[1] if server else next((name for name in TOGETHER if file.startswith(name)), file)


def place_of(test: str) -> tuple[int, str]:
    """Where a test comes in the order of all."""
    first = next((place for place, name in enumerate(LONG) if test.startswith(name)), len(LONG))
    return first, group_of(test)


def in_order(items: list[pytest.Item]) -> None:
    """Bring the tests into the order in which workers take them; within a group it stays as it was."""
    items.sort(key=lambda item: place_of(item.nodeid))


class Groups(LoadFileScheduling):  # type: ignore[misc] # has no types
    """Gives a worker that is free the next group."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # which would begin with what has most tests, not the longest
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
