"""Which slot the door leads to: one small file that nginx includes."""

from pathlib import Path

from host.containers import Containers
from host.failure import HostError
from host.plan import Plan, Slot


class Door:
    """Leads requests to one slot of every rolling service at once."""

    def __init__(self, plan: Plan, file: Path, containers: Containers) -> None:
        self._plan, self._file, self._containers = plan, file, containers

    def lead_to(self, slot: Slot) -> None:
        """Lead new requests there; those under way end where they are.

        Raises:
            HostError: the door refused. It goes on as before, and so does the file.
        """
        before = self._file.read_text() if self._file.exists() else None
        self._write(upstreams(self._plan, slot))
        try:
            self._containers.reload_door()
        except HostError:
            if before is not None:
                self._write(before)
            raise

    def prepare(self, slot: Slot) -> None:
        """Write the file for a door that is not open yet."""
        self._write(upstreams(self._plan, slot))

    def _write(self, text: str) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(text)
        draft.replace(self._file)


def upstreams(plan: Plan, slot: Slot) -> str:
    """The file's text. Containers answer on loopback ports, so a restarted one is found where it was."""
    blocks = (
        f"upstream {service.name} {{\n    server 127.0.0.1:{service.port(slot)};\n}}\n"
        for service in plan.of("rolling")
    )
    return f"# {slot}: written by each release, read by nginx\n" + "".join(blocks)
