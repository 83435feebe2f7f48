"""The measurement of look-ups counts every one, and refuses to count what went to the table."""

import pytest

from bench.lookups import Timed, _NoTable, section, timed
from routing.entry import Entry
from routing.lookup import Lookup
from routing.refusal import LookupUnavailableError
from routing.table import Table


def test_the_table_shows_medians_of_the_rounds() -> None:
    runs = [Timed(1000, 0.9, 2), Timed(12000, 0.1, 0.5), Timed(11000, 0.2, 0.7)]

    assert section({"from Redis": runs}, 3).rows == [["from Redis", "11 000", "0.200", "0.700"]]


def test_a_look_up_that_no_cache_answers_is_no_measurement() -> None:
    with pytest.raises(LookupUnavailableError):
        timed(Lookup(Table(_NoTable(), "none")), ["org_1", "org_2"])


def test_every_look_up_is_counted() -> None:
    class One:
        def get_item(self, **_: object) -> dict[str, object]:
            """The same entry for everybody."""
            entry = Entry("org_1", "eu", "1", "shared", "active", "EU", "api-eu-1.x.example")
            return {"Item": entry.to_item() | {"updated_at": {"S": ""}}}

        put_item = delete_item = transact_write_items = get_item

    found = timed(Lookup(Table(One(), "none")), ["org_1"] * 50)

    assert found.per_second > 0
    assert found.p50_ms <= found.p99_ms
