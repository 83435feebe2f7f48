"""What is delivered to a single host, read out of a synthesised app."""

import hashlib
import json
import zipfile
from typing import Any

from support.assembly import Assembly, text


class Delivered:
    """The archive of an app."""

    def __init__(self, assembly: Assembly) -> None:
        (self._path,) = assembly.folder.glob("host-*.zip")
        self.sha256 = hashlib.sha256(self._path.read_bytes()).hexdigest()
        with zipfile.ZipFile(self._path) as archive:
            self.files = {name: archive.read(name).decode() for name in archive.namelist()}

    def json(self, name: str) -> dict[str, Any]:
        """A file of it that is JSON."""
        found: dict[str, Any] = json.loads(self.files[name])
        return found

    @property
    def containers(self) -> dict[str, dict[str, Any]]:
        """The services of the compose file."""
        found: dict[str, dict[str, Any]] = self.json("compose.yaml")["services"]
        return found


def set_up(assembly: Assembly) -> str:
    """The script that a new machine runs, with references as ``<name>``."""
    machine = assembly.the("AWS::EC2::Instance", "compute")
    return text(machine["UserData"]["Fn::Base64"])
