"""A pool in front of a database."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from runtime.support import Database
from support.pooled_database import PooledDatabase, Start
from support.pooler import running


@pytest.fixture
def pooled(database: Database) -> PooledDatabase:
    """A database whose owner and application come through the pool."""
    return PooledDatabase.of(database)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts containers that end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(running(*arguments, **options))
