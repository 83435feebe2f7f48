"""A machine in a folder: real nginx, real processes, and somebody who visits all the time.

Run as a program it does one release, for tests that kill it.
"""

import datetime
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cambium.front_door_configuration import DoorPlaces, front_door_configuration
from host.door import Door
from host.failure import HostError
from host.plan import Plan, Service, SmokeTests, Timing
from host.release import Releases
from host.smoke_tests import PASSWORD, USER, FiveTests
from host.state import Place, StateFile
from host.visit import Visitor
from ops.drills.servers.ports import free_port
from support.host_processes import ProcessContainers
from support.nginx import Nginx

API, APP = "api.clinic.test", "app.clinic.test"
LOGIN = {USER: "tester", PASSWORD: "open sesame"}
DRAIN_SECONDS = 0.3


class Machine:
    """Everything one machine has. A second one of the same folder finds what the first left."""

    def __init__(
        self, folder: Path, ports: tuple[int, ...], *, killed_in: str = "", health_seconds: float = 1.5
    ) -> None:
        self.folder, self._ports, self._killed_in = folder, ports, killed_in
        self.http_port, self.port, *slots = ports
        self.plan = Plan(
            system="clinic",
            services=(
                Service(name="backend", kind="rolling", health_path="/health/", ports=tuple(slots[:2])),
                Service(name="frontend", kind="rolling", ports=tuple(slots[2:])),
                Service(name="celery", kind="worker"),
                Service(name="migrate", kind="once"),
            ),
            timing=Timing(health=health_seconds, poll=0.02, drain=DRAIN_SECONDS, stop=2),
            smoke=SmokeTests(
                api_host=API,
                health_path="/health/",
                login_path="/api/v1/token/",
                refresh_path="/api/v1/token/refresh/",
                patients_path="/api/v1/patients/",
                pages_host=APP,
                pages_service="frontend",
                certificate_days=30,
            ),
        )
        self.nginx = Nginx(folder, self._configuration())
        self.containers = ProcessContainers(folder, self.nginx)
        self.door = Door(self.plan, folder / "upstreams.conf", self.containers)
        self.state = StateFile(folder / "state.json")
        self.said: list[str] = []
        self.releases = Releases(
            self.plan,
            containers=self.containers,
            door=self.door,
            state=self.state,
            smoke_tests=self._try,
            say=self._say,
        )

    def _configuration(self) -> str:
        places = DoorPlaces(
            certificate=str(self.folder / "certificate.pem"),
            key=str(self.folder / "key.pem"),
            upstreams=str(self.folder / "upstreams.conf"),
            scratch=str(self.folder),
            access_log=str(self.folder / "access.log"),
            http_port=self.http_port,
            https_port=self.port,
            address="127.0.0.1",
        )
        routes = {API: "backend", APP: "frontend"}
        return front_door_configuration(routes, requests_per_second=5000, largest_body_mib=20, places=places)

    @property
    def visitor(self) -> Visitor:
        """Somebody on this machine."""
        return Visitor(certificate=self.folder / "certificate.pem", port=self.port)

    def seen(self) -> str:
        """The release that a visitor sees."""
        return self.visitor.get(APP, "/").text.rpartition(">")[2]

    def _try(self, place: Place) -> None:
        FiveTests(self.plan, self.plan.smoke, visitor=self.visitor, login=LOGIN)(place)

    def _say(self, text: str) -> None:
        self.said.append(text)
        if self._killed_in and text.startswith(f"{self._killed_in}:"):
            os.kill(os.getpid(), signal.SIGKILL)


DOOR_SECONDS = 30


class Running:
    """A machine that runs release ``v1``, until the block ends."""

    def __init__(self, folder: Path, *, certificate_days: int = 90, health_seconds: float = 1.5) -> None:
        write_certificate(folder, days=certificate_days)
        self.ports = tuple(free_port() for _ in range(6))
        self.machine = Machine(folder, self.ports, health_seconds=health_seconds)

    def __enter__(self) -> Machine:
        self.machine.door.prepare("blue")
        self._nginx = self.machine.nginx.start()
        try:
            await_door(self.machine)
        except HostError:
            self._end()
            raise
        return self.machine

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.machine.containers.end_all()
        self._nginx.send_signal(signal.SIGTERM)
        self._nginx.wait(5)


class Load:
    """Visitors who come one after the other, each with a connection of their own; and a slow one."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._stop = machine, threading.Event()
        self.failed: list[str] = []
        self.served, self.slow = 0, 0
        self._threads = [threading.Thread(target=self._visit, args=(path,)) for path in ("/", "/slow")]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, path: str) -> None:
        visitor = self._machine.visitor
        while not self._stop.is_set():
            try:
                answer = visitor.get(API, path)
            except HostError as error:
                self.failed.append(str(error))
                continue
            if answer.status != 200:
                self.failed.append(f"{path} said {answer.status}")
            self.served += 1
            self.slow += path == "/slow"


def await_door(machine: Machine) -> None:
    """Wait until nginx answers, whatever it answers; on a busy machine it takes seconds to begin."""
    deadline = time.monotonic() + DOOR_SECONDS
    while True:
        try:
            machine.visitor.get(API, "/")
        except HostError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def write_certificate(folder: Path, *, days: int) -> None:
    """What Cloudflare would give: a certificate for both hosts, here signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clinic")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(API), x509.DNSName(APP)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, nothing))


if __name__ == "__main__":
    _, where, numbers, step, tag = sys.argv
    Machine(Path(where), tuple(int(number) for number in numbers.split(",")), killed_in=step).releases.deploy(
        tag
    )
