"""Whether an assembly is still what the sources would give: a hash of everything they are."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCES = ("app.py", "cdk.json", "config", "constructs", "stacks", "runtime", "requirements.txt")
FILE = "cambium.fingerprint"


def of(root: Path, arguments: Mapping[str, str]) -> str:
    """The hash of the sources in ``root`` and of the arguments of the synthesis."""
    digest = hashlib.sha256(json.dumps(dict(arguments), sort_keys=True).encode())
    for path in sorted(_files(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root)}\0{content}\0".encode())
    return digest.hexdigest()


def recorded(assembly: Path) -> str | None:
    """The fingerprint of a finished assembly; None if there is none, or it was never finished."""
    try:
        return (assembly / FILE).read_text().strip()
    except OSError:
        return None


def record(assembly: Path, value: str) -> None:
    """Mark the assembly as finished."""
    (assembly / FILE).write_text(value + "\n")


def _files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        if path.is_file():
            yield path
        for below in path.rglob("*"):
            if below.is_file() and "__pycache__" not in below.parts:
                yield below
