"""The ``host`` command: what systemd, Systems Manager and people run on the machine."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from host.alone import alone
from host.docker_compose import DockerCompose
from host.door import Door
from host.failure import BusyError, HostError
from host.plan import Plan, load_plan
from host.release import Releases
from host.secret_files import DOOR_FILE, REGISTRY_FILE, fetch_with_cli, read_secret, write_secrets
from host.smoke_tests import FiveTests
from host.state import Place, StateFile
from host.visit import Visitor
from host.watch import missing, restarts, tell

FILES = Path("/opt/host")
"""What the deployment of the infrastructure delivered: plan, compose file, this program."""
DATA = Path("/data/host")
"""On the data volume, so that a new machine knows which release is live."""
MEMORY = Path("/run/host")
PATIENCE_SECONDS = 60.0
"""The watch of each minute holds the machine for some seconds; a release does not fail for that."""
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


class Machine:
    """The parts of this machine, put together once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = StateFile(DATA / "state.json")
        self.containers = DockerCompose(
            plan,
            file=FILES / "compose.yaml",
            login=read_secret(MEMORY, REGISTRY_FILE) if plan.registry else {},
            configuration=MEMORY / "docker",
        )
        self._login = read_secret(MEMORY, DOOR_FILE)
        self.releases = Releases(
            plan,
            containers=self.containers,
            door=Door(plan, DATA / "upstreams.conf", self.containers),
            state=self.state,
            smoke_tests=self._try,
        )

    def _try(self, place: Place) -> None:
        visitor = Visitor(certificate=MEMORY / "tls" / "certificate.pem")
        FiveTests(self.plan, self.plan.smoke, visitor=visitor, login=self._login)(place)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status: 1 when it failed and everything is as before.
    """
    parser = argparse.ArgumentParser(prog="host", description="Runs a product on this machine")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("secrets", help="fetch every secret into memory")
    commands.add_parser("start", help="run what is live")
    commands.add_parser("deploy", help="release").add_argument("release", help="the tag of the images")
    commands.add_parser("refresh", help="start what is live anew, so that it reads its secrets")
    commands.add_parser("back", help="release what was live before")
    commands.add_parser("status", help="what is live, and what does not run")
    commands.add_parser("watch", help="repair a release that was cut off, and tell CloudWatch")
    asked = parser.parse_args(arguments)
    try:
        _run(asked.command, getattr(asked, "release", ""))
    except HostError as error:
        print(f"host: {error}", file=sys.stderr)
        return 1
    return 0


def _run(command: str, release: str) -> None:
    plan = load_plan(FILES / "plan.json")
    if command == "secrets":
        return write_secrets(plan, MEMORY, fetch_with_cli(plan.region))
    machine = Machine(plan)
    if command == "status":
        return _status(machine)
    if command == "watch":
        return _watch(machine)
    if command == "deploy" and not _TAG.fullmatch(release):
        raise HostError(f"a release must be the tag of an image, got {release!r}")
    with alone(DATA / "lock", patience_seconds=PATIENCE_SECONDS):
        {
            "start": machine.releases.start,
            "deploy": lambda: machine.releases.deploy(release),
            "back": machine.releases.back,
            "refresh": machine.releases.refresh,
        }[command]()
    return None


def _status(machine: Machine) -> None:
    state = machine.state.load()
    print(f"live: {state.live.release} in {state.live.slot}" if state.live else "live: nothing yet")
    print(f"before: {state.previous or 'nothing'}")
    if state.attempt:
        print(f"under way: {state.attempt.release}, step {state.attempt.step!r}")
    print("missing: " + (", ".join(missing(machine.plan, machine.containers, state)) or "nothing"))


def _watch(machine: Machine) -> None:
    absent: list[str] = []
    try:
        with alone(DATA / "lock", patience_seconds=0):
            machine.releases.repair()
            absent = missing(machine.plan, machine.containers, machine.state.load())
    except BusyError:
        # A release is under way: what it moves is not missing, and what it leaves is repaired afterwards.
        print("a release is under way")
    counted = restarts(machine.plan, MEMORY / "restarts.json")
    tell(machine.plan, {"ContainersMissing": len(absent), "ContainerRestarts": counted})


if __name__ == "__main__":
    sys.exit(main())
