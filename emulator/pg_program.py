"""``PROGRAM SOCKETS ARGUMENTS``: starts one of PostgreSQL's programs, which speaks no TLS, over a socket.

Imports nothing of ours: it is started by itself, in an environment that is somebody else's.
"""

import json
import os
import sys
from pathlib import Path

from psycopg import conninfo

PREFIX = "--dbname="


def moved(argument: str, sockets: dict[str, str]) -> str:
    """The connection string with the socket of the server that it names."""
    if not argument.startswith(PREFIX):
        return argument
    parsed = conninfo.conninfo_to_dict(argument.removeprefix(PREFIX))
    told = {name: str(value) for name, value in parsed.items() if value is not None}
    place = f"{told['host']}:{told.get('port', 5432)}"
    if place not in sockets:
        sys.exit(f"no server of the embedded AWS listens on {place}")
    for name in ("sslmode", "sslrootcert"):
        told.pop(name, None)
    told.update(host=sockets[place], port="5432")
    return PREFIX + conninfo.make_conninfo(**told)


if __name__ == "__main__":
    program, places, *arguments = sys.argv[1:]
    known = json.loads(Path(places).read_text())
    os.execv(program, [program, *(moved(one, known) for one in arguments)])  # noqa: S606 - not a shell
