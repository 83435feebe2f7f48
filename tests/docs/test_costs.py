"""The page of costs: its numbers are those of the templates as they are now."""

import re
from itertools import takewhile

from docs.markdown import ROOT
from support.bills import bill, every_row
from support.synths import Synths

PAGE = ROOT / "docs" / "costs.md"


def test_every_number_in_the_page_is_computed_from_the_templates(synths: Synths) -> None:
    shown, computed = rows_of(PAGE.read_text()), every_row(synths)

    stale = [row for row in shown if row not in computed]
    missing = [row for row in computed if row not in shown]
    assert not stale + missing, "\n".join(["stale:", *stale, "instead:", *missing])


def rows_of(text: str) -> list[str]:
    """Rows of all tables, without their heads."""
    blocks = re.split(r"^\|(?: ?-+:? ?\|)+$", text, flags=re.M)[1:]
    return [row for block in blocks for row in takewhile(is_row, block.strip("\n").splitlines())]


def is_row(line: str) -> bool:
    return line.startswith("|")


def test_a_changed_number_would_be_found() -> None:
    assert rows_of("| a | b |\n|---|---|\n| x | 1 |\n\ntext\n") == ["| x | 1 |"]


def test_e11_the_readme_names_the_sum_that_is_computed(synths: Synths) -> None:
    total = bill(synths, "vantrexia_host").total("low")

    assert f"| $57 a month | about ${total:.0f}," in (ROOT / "README.md").read_text()


def test_pages_that_name_what_the_host_costs_name_the_sums_that_are_computed(synths: Synths) -> None:
    host, grown = (
        f"${bill(synths, name).total('low'):.0f}" for name in ("vantrexia_host", "vantrexia_grown")
    )

    pages = {
        "docs/runbooks/leave-the-host.md": f"| a month, about | {host} | {grown} |",
        "docs/decisions/0020-one-host.md": f"becomes about {host}:",
        "config/systems/vantrexia.py": f"about {host} a month",
    }
    assert [page for page, words in pages.items() if words not in (ROOT / page).read_text()] == []
