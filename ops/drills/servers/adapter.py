"""Starts pgbouncer with a few lines of its configuration replaced; stands where the program is expected.

Run as ``adapter.py <pgbouncer> <lines as JSON> <configuration>``. Our own program writes the configuration
and starts what ``PGBOUNCER`` names; in a drill that is this. It imports nothing of ours.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path


def adapted(configuration: str, lines: Mapping[str, str]) -> str:
    """The configuration with the values in ``lines``.

    Raises:
        ValueError: a setting to replace is not in it, so replacing it would change nothing.
    """
    missing = set(lines)
    written = []
    for line in configuration.splitlines():
        name = line.partition("=")[0].strip()
        if name in lines:
            missing.discard(name)
            line = f"{name} = {lines[name]}"
        written.append(line)
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} is not in the configuration")
    return "\n".join(written) + "\n"


def main(program: str, lines: str, configuration: str) -> None:
    """Write the adapted file beside the other one and become pgbouncer."""
    path = Path(configuration)
    beside = path.with_name("adapted.ini")
    beside.write_text(adapted(path.read_text(), json.loads(lines)))
    os.execv(program, [program, str(beside)])  # noqa: S606 - a program that was found and tried


if __name__ == "__main__":
    main(*sys.argv[1:])
