"""Reads the documentation as a person would use it: code blocks, inline code, links, headings."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.M | re.S)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_END_OF_COMMAND = {"|", "||", "&&", ";", ")", "&", ">", "<"}


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        """The whole file."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The file without its code blocks."""
        return _FENCE.sub("", self.text)

    def code(self) -> Iterator[str]:
        """Every line of shell: from blocks, with continued lines joined, and from inline code."""
        for block in _FENCE.finditer(self.text):
            if block["language"] in ("bash", "sh"):
                yield from re.sub(r"\\\n\s*", "", block["body"]).splitlines()
        yield from _INLINE.findall(self.prose)

    def everything_in_code(self) -> str:
        """All code of the page, whatever its language."""
        blocks = [block["body"] for block in _FENCE.finditer(self.text)]
        return "\n".join([*blocks, *_INLINE.findall(self.prose)])

    def links(self) -> list[str]:
        """Targets of the page's links."""
        return _LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """What a link may point to, as GitHub makes it of a heading."""
        plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(self.prose))
        return {heading.replace(" ", "-") for heading in plain}

    def commands(self, program: str) -> Iterator[list[str]]:
        """Every call of ``program``, as its words."""
        for line in self.code():
            for start in re.finditer(rf"(?<![\w./-])(?:\.venv/bin/)?{re.escape(program)} ", line):
                yield list(_words(line[start.start() :]))


_DATE = re.compile(r"\$\(date [^)]*\)")
_ARITHMETIC = re.compile(r"\$\(\([^)]*\)\)")


def _words(line: str) -> Iterator[str]:
    line = _ARITHMETIC.sub("$NUMBER", _DATE.sub("$DATE", line))
    words = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    words.whitespace_split = True
    words.commenters = ""
    for word in words:
        if word in _END_OF_COMMAND:
            return
        yield word


def pages() -> list[Page]:
    """Every page of the documentation."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    return [Page(path) for path in sorted(found)]
