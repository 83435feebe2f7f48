"""Writes ``docs/benchmarks.md``."""

from collections.abc import Mapping, Sequence
from datetime import date

from bench import markdown
from bench.section import Section


def page(sections: Sequence[Section], facts: Mapping[str, str], command: str, today: date) -> str:
    """The whole page."""
    machine = markdown.table(["Machine", "fact"], [[name, fact] for name, fact in facts.items()])
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `{command}` on {today.isoformat()}; do not edit. "
            "Run it again to measure your machine.",
            "",
            "Read the ratios first: both sides of a ratio ran in turn in one session, so a slow or busy "
            "machine changes them little, while it changes every second on this page.",
            "",
            *(section.as_markdown() for section in sections),
            "## Made on",
            "",
            machine,
            "",
        ]
    )
