"""A17: what is known of a tenant can be read, and handed on, without knowing how it is stored."""

from decimal import Decimal
from typing import Any

from ops.commands.tenant.facts import history, lines, plain


def test_a17_facts_stand_apart_from_their_names_and_those_inside_others_below_them() -> None:
    known = {
        "item": "tenant",
        "failure": "",
        "source_read_only_until": "2026-12-12",
        "verification": {"rows": Decimal(3), "checksum": "8a"},
        "priorities": [Decimal(7), Decimal(8)],
        "exports": [{"key": "a.enc"}, {"key": "b.enc"}],
    }
    assert list(lines(plain(known))) == [
        "exports, 1 of 2",
        "  key  a.enc",
        "exports, 2 of 2",
        "  key  b.enc",
        "priorities              7, 8",
        "source_read_only_until  2026-12-12",
        "verification",
        "  checksum  8a",
        "  rows      3",
    ]


def test_a17_the_history_tells_runs_and_everything_that_a_certificate_says() -> None:
    done: list[dict[str, Any]] = [
        {"item": "operation#1", "started_at": "T1", "operation": "move to silo", "outcome": "succeeded"},
        {
            "item": "operation#2",
            "started_at": "T2",
            "operation": "delete",
            "outcome": "failed",
            "requested_by": "Ada",
        },
        {
            "item": "certificate#2",
            "tenant": "org-101",
            "deleted_at": "T3",
            "deleted_by": "Ada",
            "snapshots": ["last"],
            "exports": [{"sha256": "8a"}],
        },
    ]
    assert list(history(done)) == [
        "T1  move to silo  succeeded",
        "T2  delete        failed       asked for by Ada",
        "T3  certificate of what is left of its database",
        "    deleted_at  T3",
        "    deleted_by  Ada",
        "    exports, 1 of 1",
        "      sha256  8a",
        "    snapshots   last",
    ]
