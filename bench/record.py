"""What was measured of one part, kept so that the page can be written again without measuring the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from bench.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The last full measurement of a part."""

    part: str
    measured_on: date
    command: str
    """What makes it again."""
    facts: Mapping[str, str]
    """Machine and versions, by name."""
    sections: tuple[Section, ...]


_JSON = TypeAdapter(Record)


def write(folder: Path, record: Record) -> None:
    """Keep a record in place of the part's earlier one."""
    folder.mkdir(parents=True, exist_ok=True)
    _path(folder, record.part).write_bytes(_JSON.dump_json(record, indent=2) + b"\n")


def read(folder: Path, parts: Iterable[str]) -> list[Record]:
    """The records of the parts that were measured at some time, in this order."""
    paths = [_path(folder, part) for part in parts]
    return [_JSON.validate_json(path.read_bytes()) for path in paths if path.exists()]


def _path(folder: Path, part: str) -> Path:
    return folder / f"{part}.json"
