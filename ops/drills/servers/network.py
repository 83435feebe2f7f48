"""Networks of a drill's own: hosts that can be lost without a word, as a machine whose power fails.

Each is a Linux network namespace that lives as long as its processes. Nothing of the machine's own network
is touched, and nothing here is reachable from outside.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ops.drills.check import CannotRunError
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.process import Process

NEEDED = ("ip", "unshare", "nsenter", "mount")
_WAIT_SECONDS = 5.0


def inside() -> tuple[str, ...]:
    """What starts a command in a network and with mounts of its own.

    Raises:
        CannotRunError: the machine has no such networks, or does not let us make one; says which.
    """
    if sys.platform != "linux":
        raise CannotRunError("network namespaces exist on Linux only")
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        raise CannotRunError(f"{', '.join(missing)} missing: apt install iproute2 util-linux")
    rights = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    command = (shutil.which("unshare") or "unshare", *rights, "--net", "--mount")
    tried = subprocess.run(
        [*command, shutil.which("ip") or "ip", "link", "set", "lo", "up"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        raise CannotRunError(
            f"this machine allows no network namespaces ({tried.stderr.strip()}); on Ubuntu 24.04: "
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    return command


class Host:
    """A machine with an address of its own, one hop away from where this process is.

    Attributes:
        address: Of its services.
        enter: What starts a command on it.
    """

    def __init__(self, lifetime: Lifetime, number: int) -> None:
        self.address = f"10.201.{number}.1"
        self._holder = lifetime.start(
            ["sleep", "3600"],
            log=lifetime.folder / f"host{number}",
            prefix=("unshare", "--net"),
            unprivileged=False,
        )
        _wait_until_apart(self._holder)
        self.enter = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")
        self._connect(f"host{number}", f"10.200.{number}.1", f"10.200.{number}.2")

    def _connect(self, device: str, near: str, far: str) -> None:
        pid = str(self._holder.pid)
        ip("link", "add", device, "type", "veth", "peer", "name", "door", "netns", pid)
        ip("address", "add", f"{near}/30", "dev", device)
        ip("link", "set", device, "up")
        self._ip("link", "set", "lo", "up")
        self._ip("address", "add", f"{far}/30", "dev", "door")
        self._ip("link", "set", "door", "up")
        self._ip("route", "add", "default", "via", near)
        self._ip("address", "add", f"{self.address}/32", "dev", "lo")
        ip("route", "add", f"{self.address}/32", "via", far)

    def lose(self) -> None:
        """Drop every packet to its address from now on, without an answer.

        Dropped at the far end: a packet that is refused where it is sent is known to be lost, and TCP would
        not behave as it does when the other side is silent.
        """
        self._ip("address", "del", f"{self.address}/32", "dev", "lo")
        self._ip("route", "add", "blackhole", f"{self.address}/32")

    def _ip(self, *words: str) -> None:
        _run(*self.enter, "ip", *words)


def ip(*words: str) -> None:
    """Change the network this process is in, which must be of the drill's own."""
    _run("ip", *words)


def use_name_server(file: Path, address: str) -> None:
    """Let programs of this mount namespace ask another name server."""
    file.write_text(f"nameserver {address}\noptions timeout:1\n")
    file.chmod(0o644)
    _run("mount", "--bind", str(file), "/etc/resolv.conf")


def _wait_until_apart(process: Process) -> None:
    own = Path("/proc/self/ns/net").readlink()
    deadline = time.monotonic() + _WAIT_SECONDS
    while Path(f"/proc/{process.pid}/ns/net").readlink() == own:
        if time.monotonic() > deadline:
            raise RuntimeError(f"no network of its own: {process.said()}")
        time.sleep(0.01)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()}")
