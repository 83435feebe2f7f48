"""Synthesises the apps that it is asked for, one after the other: most of a first synth is loading.

Its first line of input is a token, and its only output the port on which it listens. Whoever connects sends a
line, ``{"token": "", "context": {}, "folder": "", "systems": "", "changes": {}}``, and is answered with
another: null, or what went wrong. Each app is synthesised twice, first with nothing accepted: beside an
assembly stand what was found then, and what the app accepts. Ends with its input.
"""

import importlib
import json
import os
import secrets
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stacks.garbage import leave_garbage  # noqa: E402

leave_garbage()

import aws_cdk as cdk  # noqa: E402
from constructs import IConstruct  # noqa: E402

import cambium.acknowledge  # noqa: E402
import config.systems  # noqa: E402
from config.catalog import load_system  # noqa: E402
from config.system import System  # noqa: E402
from support.findings import ACCEPTED, REPORT, REPORT_WITHOUT  # noqa: E402
from support.reviewed import use_reviewed  # noqa: E402

SYSTEMS = list(config.systems.__path__)

Acknowledgements = list[tuple[IConstruct, dict[str, str]]]


def hold_back() -> Acknowledgements:
    """Collect what apps accept. To be called before anything imports ``acknowledge``."""
    held: Acknowledgements = []

    cambium.acknowledge.acknowledge = lambda construct, reasons: held.append((construct, reasons))
    return held


ACCEPT = cambium.acknowledge.acknowledge
HELD = hold_back()

import stacks.tenant_publication  # noqa: E402
from stacks.app import app_from_context  # noqa: E402
from stacks.posture import check  # noqa: E402


def synthesise(context: dict[str, Any], folder: Path) -> None:
    """Make one assembly.

    Raises:
        RuntimeError: what the app or CDK said.
    """
    HELD.clear()
    twice(app_from_context(context, outdir=str(folder)))


def twice(app: cdk.App) -> None:
    """Synthesise an app with nothing accepted, and then as it is."""
    folder = Path(app.outdir)
    try:
        app.synth()
    except RuntimeError:
        # Whatever else it is about comes again below.
        (folder / REPORT).rename(folder / REPORT_WITHOUT)
    ours = [one for one in HELD if one[0].node.root is app]
    for construct, reasons in ours:
        ACCEPT(construct, reasons)
    accepted = [
        {"path": construct.node.path, "rule": rule, "reason": reason}
        for construct, reasons in ours
        for rule, reason in reasons.items()
    ]
    (folder / ACCEPTED).write_text(json.dumps(accepted))
    app.synth(force=True)


def check_an_app_inside(app: cdk.App, *, hipaa: bool) -> None:
    """Such as the template of tenants, which is synthesised where it is made: later it is as it is here."""
    check(app, hipaa=hipaa)
    twice(app)


vars(stacks.tenant_publication)["check"] = check_an_app_inside


@contextmanager
def changed(system: str, changes: dict[str, Any]) -> Iterator[None]:
    """Describe the system with other values, for as long as one app is made."""
    module = importlib.import_module(f"config.systems.{system.replace('-', '_')}")
    described: System = module.SYSTEM
    vars(module)["SYSTEM"] = described.model_copy(update=changes)
    load_system.cache_clear()
    yield
    vars(module)["SYSTEM"] = described
    load_system.cache_clear()


def answer(asked: dict[str, Any]) -> str | None:
    """Do what was asked for, or say what went wrong."""
    config.systems.__path__ = [*SYSTEMS, asked["systems"]] if asked["systems"] else SYSTEMS
    try:
        with changed(asked["context"]["system"], asked["changes"]):
            synthesise(asked["context"], Path(asked["folder"]))
    except Exception:
        return traceback.format_exc()
    return None


def end_with_input() -> None:
    """Whoever started this has gone, or has had enough."""
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Answer one after the other, until the input ends."""
    use_reviewed()
    token = sys.stdin.readline().strip()
    threading.Thread(target=end_with_input, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            with connection, connection.makefile("rw") as stream:
                asked = json.loads(stream.readline() or "{}")
                # Whoever may start systems of his choice is whoever may read the token.
                if secrets.compare_digest(asked.get("token", ""), token):
                    print(json.dumps(answer(asked)), file=stream, flush=True)


if __name__ == "__main__":
    main()
