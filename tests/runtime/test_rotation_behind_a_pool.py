"""D9: passwords rotate behind a real PgBouncer whose tasks are replaced too, and no login fails."""

from collections.abc import Iterator

import pytest

from connection_pool import users_handler
from rotation import rollouts
from runtime.support import Database
from support.fleet import Fleet
from support.rolling_pool import RollingPool
from support.rotated_database import RotatedDatabase

pytestmark = [
    pytest.mark.database,
    pytest.mark.parametrize("instance", ["18"], indirect=True),
]
POOL, POOLERS = "pool", 1


@pytest.fixture
def rotated(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[RotatedDatabase]:
    """A service that reaches its database through a pooler."""
    fleet, secret = Fleet(), database.vault.add()
    monkeypatch.setattr(rollouts, "ecs", fleet)
    kinds = ("owner", "application")
    users = {
        "SecretArn": secret,
        "Roles": [{"Name": database.role(kind), "SecretArn": database.secrets[kind]} for kind in kinds],
    }
    users_handler.write(users)
    pool = RollingPool(database, secret, {database.role(kind): 3 for kind in kinds})
    rotated = RotatedDatabase(
        database,
        fleet,
        ("localhost", pool.port),
        pool={
            "Users": users,
            "Door": {"Host": "localhost", "Port": str(pool.port), "Database": database.name},
            "Rollout": {"Kind": "ecs", "Cluster": "shop", "Service": POOL, "SecretArns": [secret]},
        },
    )
    fleet.add(POOL, pool.start, tasks=POOLERS)
    yield rotated
    fleet.stop()
    pool.stop()


def test_d9_two_rotations_behind_a_pool_fail_no_login(rotated: RotatedDatabase) -> None:
    role = rotated.database.role("application")
    rotated.start()

    for _ in range(2):
        rotated.rotate()
        rotated.wait_for_logins()

    assert rotated.failures == []
    assert set(rotated.counts()) == {f"{role} as {role}", f"{role}_alternate as {role}"}
    assert rotated.fleet.deployments.count(POOL) == 2, "the poolers were replaced, too"


def test_d9_behind_a_pool_changing_the_password_in_use_fails_logins(rotated: RotatedDatabase) -> None:
    rotated.start()

    rotated.change_the_one_password()

    assert rotated.failures
