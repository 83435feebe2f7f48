"""Command line: ``python -m emulator --data DIR``."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from emulator import folder, pins, port
from emulator.folder import FolderError
from emulator.pins import PinError
from emulator.port import PortError
from emulator.settings import HOST, Settings, apply


def main(arguments: list[str] | None = None) -> int:
    """Run the emulator until it is stopped; return the exit code."""
    try:
        wanted = _parse(arguments)
    except ValueError as error:
        return _fail(str(error))
    try:
        if wanted.socket is None:
            port.require_free(wanted.host, wanted.port)
        folder.claim(wanted.data)
    except (FolderError, PortError) as error:
        return _fail(str(error))
    try:
        apply(wanted)
        pins.check()
        # Only now, because MiniStack reads the environment when it is imported.
        import_module("emulator.run").run(wanted)
    except PinError as error:
        return _fail(str(error))
    finally:
        folder.remove(wanted.data)
    return 0


def _parse(arguments: list[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=4566, help="port of the AWS API")
    parser.add_argument("--socket", type=int, help="file descriptor that listens on that port already")
    parser.add_argument("--host", default=HOST, help="loopback address to listen on")
    parser.add_argument("--data", type=Path, required=True, help="folder to work in; removed at the end")
    parser.add_argument("--audit", type=Path, help="file for template properties nobody read")
    parser.add_argument(
        "--idle-minutes", type=float, default=120, help="stop after so long without a request"
    )
    parser.add_argument("--pgbouncer", type=Path, help="program that connection pools run, if it is there")
    given = parser.parse_args(arguments)
    return Settings(
        data=given.data.resolve(),
        port=given.port,
        socket=given.socket,
        host=given.host,
        audit=given.audit.resolve() if given.audit else None,
        idle_minutes=given.idle_minutes,
        pgbouncer=given.pgbouncer.absolute() if given.pgbouncer else None,
    )


def _fail(message: str) -> int:
    print(f"emulator: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
