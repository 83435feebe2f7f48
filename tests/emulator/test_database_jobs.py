"""A21, E10: dump, restore and drill as they are deployed, by what they leave behind."""

from collections.abc import Iterator

import pytest

from emulator.testing import Emulator, started
from support.embedded_drill import PASSWORD, EmbeddedDrill
from support.policies import NOTES, ROWS, TENANTS, follow_template

pytestmark = [pytest.mark.embedded, pytest.mark.database]


@pytest.fixture(scope="module")
def own_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Without the databases and logs of other tests."""
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="module")
def shop(own_emulator: Emulator) -> EmbeddedDrill:
    """A database with a role of its own and policies that bind its owner, and its first backup.

    The backup was made by its scheduled task.
    """
    shop = EmbeddedDrill(own_emulator, "shop")
    with shop.connect() as session:
        session.execute("CREATE ROLE clerk NOLOGIN")
        session.execute("CREATE TABLE orders (id int PRIMARY KEY, at timestamptz DEFAULT now())")
        session.execute("INSERT INTO orders SELECT generate_series(1, 1000)")
        session.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
        session.execute("CREATE POLICY own ON orders TO clerk USING (id > 5)")
        session.execute("GRANT SELECT ON orders TO clerk")
    follow_template(shop.where, PASSWORD, application="clerk")
    assert shop.run("dump") == 0, shop.said()
    return shop


def test_a21_the_dump_task_leaves_a_backup_in_the_bucket(shop: EmbeddedDrill) -> None:
    names = sorted(key.rpartition("/")[2] for key in shop.backups())

    assert names == ["database.dump.enc", "manifest.json"]
    assert PASSWORD not in "".join(shop.said())


def test_a21_the_restore_task_brings_it_back(shop: EmbeddedDrill) -> None:
    with shop.connect() as session:
        session.execute("DELETE FROM orders WHERE id > 10")
        session.execute("SET app.every_tenant = 'on'")
        session.execute("DELETE FROM note")

    assert shop.run("restore", "restore", "--switch") == 0, shop.said()

    with shop.connect() as session:
        assert session.execute("SELECT count(*) FROM orders").fetchone() == (1000,)
        assert session.execute("SELECT count(*) FROM note").fetchone() == (0,), "its policies bind the owner"
        session.execute("SET app.every_tenant = 'on'")
        assert session.execute("SELECT count(*) FROM note").fetchone() == (NOTES * len(TENANTS),)


def test_e10_a_drill_restores_on_a_server_of_its_own_and_puts_that_on_record(shop: EmbeddedDrill) -> None:
    before = shop.instances()

    assert shop.rehearse() == "SUCCEEDED", (shop.outputs, shop.said())

    ((key, record),) = shop.records().items()
    assert key == f"database-1/{record['drill']}-passed.json"
    assert record["passed"]
    assert record["where"] == "instance shop-drill"
    assert record["rows"] == 1000 + ROWS
    assert (record["rto"]["met"], record["rpo"]["met"]) == (True, True)
    assert record["point_in_time"]["met"]
    assert record["point_in_time"]["minutes"] <= record["point_in_time"]["target_minutes"] == 5
    assert shop.instances() == before


def test_e10_a_drill_that_misses_its_target_fails_and_leaves_no_server(own_emulator: Emulator) -> None:
    late = EmbeddedDrill(own_emulator, "late", restore_hours=0.000001, point_in_time_minutes=0.000001)
    assert late.run("dump") == 0, late.said()
    before = late.instances()

    assert late.rehearse() == "FAILED"

    verdicts = {key.rpartition("-")[2]: record["passed"] for key, record in late.records().items()}
    assert verdicts == {"failed.json": False, "aborted.json": False}
    (record,) = [one for key, one in late.records().items() if key.endswith("failed.json")]
    assert record["reason"] == "missed rto, point_in_time"
    assert record["point_in_time"]["before"] > 0, "it looks twice before it says so"
    assert late.instances() == before


def test_e10_a_drill_without_a_backup_says_so(own_emulator: Emulator) -> None:
    empty = EmbeddedDrill(own_emulator, "empty")

    assert empty.rehearse() == "FAILED"

    reasons = [record.get("reason", "") for record in empty.records().values()]
    assert any("there is none at all" in reason for reason in reasons)
    assert "empty-drill" not in empty.instances()
