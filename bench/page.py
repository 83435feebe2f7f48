"""Writes ``docs/benchmarks.md``."""

from collections.abc import Sequence

from bench import markdown
from bench.record import Record

LOAD = "Load before the first run"


def page(records: Sequence[Record]) -> str:
    """The whole page, from the last measurement of each part."""
    return "\n".join(
        [
            "# Benchmarks",
            "",
            markdown.paragraph(
                "Written by `make bench`; do not edit. Run it again to measure your machine: all parts, or "
                "one with `make bench PART=pool`. Each part says when it was measured and by which command."
            ),
            "",
            markdown.paragraph(
                "Read the ratios first: both sides of a ratio ran in turn in one session, so a busy machine "
                "moves them less than it moves the seconds. It still moves them: trust a difference only "
                "when it is larger than the range in brackets, and measure again on a quiet machine."
            ),
            "",
            *(_part(record) for record in records),
            "## Made on",
            "",
            _machines(records),
            "",
        ]
    )


def _part(record: Record) -> str:
    said = f"Measured on {record.measured_on.isoformat()} by `{record.command}`"
    busy = record.facts.get(LOAD)
    line = markdown.paragraph(f"{said}; before it, {busy}." if busy else f"{said}.")
    first, *others = (section.as_markdown() for section in record.sections)
    return "\n".join([first, line, "", *others])


def _machines(records: Sequence[Record]) -> str:
    """What is the same for every part once, and what differs with each value it had."""
    names = dict.fromkeys(name for record in records for name in record.facts if name != LOAD)
    rows = [
        [name, ", ".join(dict.fromkeys(record.facts[name] for record in records if name in record.facts))]
        for name in names
    ]
    return markdown.table(["Machine", "fact"], rows)
