"""How to start PostgreSQL, which refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class NoUnprivilegedUserError(RuntimeError):
    """We are root and there is no way to stop being it for a child."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """What to put before a command so that it does not run as root."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None
    """User id that must own the files, if not ours."""

    def own(self, folder: Path) -> None:
        """Give a file or folder to the user the command runs as, and a way through to it."""
        if self.owner is not None:
            os.chown(folder, self.owner, -1)
            # Adds to what may be done already: the parent can be /tmp.
            folder.parent.chmod(folder.parent.stat().st_mode | 0o011)


@cache
def launcher() -> Launcher:
    """Find a way that works on this machine.

    As root, a user namespace that maps root to another id is best: files stay ours. If the
    kernel forbids namespaces, the user ``nobody`` has to be able to reach data and programs.

    Raises:
        NoUnprivilegedUserError: Says what was tried.
    """
    if os.geteuid() != 0:
        return Launcher()
    for candidate in (_namespace(), _nobody()):
        if candidate and _works(candidate):
            return candidate
    raise NoUnprivilegedUserError(
        "PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv` with the "
        "user nobody works here; run the emulator as an ordinary user"
    )


@cache
def follow_us(signal_name: str = "QUIT") -> tuple[str, ...]:
    """Return a prefix that sends the command a signal when the thread that started it ends.

    Without it a killed emulator would leave its servers running. The signal may come several times, once
    for each thread of a process that is killed.
    """
    setpriv = shutil.which("setpriv")
    command = (setpriv, "--pdeathsig", signal_name) if setpriv else ()
    return command if command and _works(Launcher(command)) else ()


def _namespace() -> Launcher | None:
    unshare = shutil.which("unshare")
    if not unshare:
        return None
    return Launcher((unshare, "--user", "--map-user=1000", "--map-group=1000"))


def _nobody() -> Launcher | None:
    setpriv = shutil.which("setpriv")
    try:
        user = pwd.getpwnam("nobody")
    except KeyError:
        return None
    if not setpriv:
        return None
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return Launcher((setpriv, *ids), user.pw_uid)


def _works(candidate: Launcher) -> bool:
    test = subprocess.run(
        [*candidate.prefix, shutil.which("true") or "/bin/true"], capture_output=True, check=False
    )
    return test.returncode == 0
