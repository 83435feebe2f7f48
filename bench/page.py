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
            markdown.paragraph(
                f"Written by `{command}` on {today.isoformat()}; do not edit. "
                "Run it again to measure your machine."
            ),
            "",
            markdown.paragraph(
                "Read the ratios first: both sides of a ratio ran in turn in one session, so a busy machine "
                "moves them less than it moves the seconds. It still moves them: trust a difference only "
                "when it is larger than the range in brackets, and measure again on a quiet machine."
            ),
            "",
            *(section.as_markdown() for section in sections),
            "## Made on",
            "",
            machine,
            "",
        ]
    )
