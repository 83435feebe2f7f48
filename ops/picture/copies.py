"""Buckets with a copy elsewhere, and the recovery region that keeps it."""

from config.deployment import Deployment
from ops.picture.geometry import Box
from ops.picture.list_panels import draw_section, section_height
from ops.picture.svg import Drawing
from ops.picture.things import Entry, Section

PAD = 14.0
FIRST, LANE = 15.0, 6.0


class Copies:
    """Remembers where the buckets are, until the recovery region is drawn below the last region."""

    def __init__(self, drawing: Drawing, deployment: Deployment) -> None:
        self._drawing, self._deployment = drawing, deployment
        self._originals: list[tuple[str, float, float]] = []
        """Bucket, and where its line begins."""

    def note(self, entries: dict[str, float], right: float) -> None:
        """Entries of a list whose right edge is at ``right``."""
        for bucket in self._deployment.buckets:
            if bucket.replica and (y := entries.get(f"bucket:{bucket.name}")) is not None:
                self._originals.append((bucket.name, right, y))

    def draw(self, at: Box, column: Box, x: float) -> float:
        """The recovery region with its copies in ``column``; returns where the page goes on."""
        copied = {bucket.name: bucket.replica for bucket in self._deployment.buckets if bucket.replica}
        if not copied:
            return at.y
        entries = tuple(
            Entry(f"copy:{replica}", replica, (f"copy of {name}",)) for name, replica in copied.items()
        )
        section = Section("Bucket copies", "data", entries)
        height = section_height(section, column.width)
        box = Box(at.x, at.y, at.width, height + 2 * PAD)
        deployment = self._deployment
        regions = {deployment.recovery_region_of(region): None for region in deployment.regions}
        place = ", ".join(name for name in regions if name)
        group = self._drawing.part("back", f"region:{place}")
        self._drawing.rect(group, box, "outside-frame", radius=12)
        self._drawing.text(group, (x, at.y + 32), f"Recovery region {place}", "h2")
        words = "serves nobody; its copies outlive the loss of a region that serves"
        self._drawing.text(group, (x, at.y + 54), words, colour="soft")
        places = draw_section(self._drawing, section, Box(column.x, at.y + PAD, column.width, height))
        self._draw_lines(copied, places)
        return box.bottom + 20

    def _draw_lines(self, copied: dict[str, str], places: dict[str, float]) -> None:
        for number, (name, right, y) in enumerate(self._originals):
            x = right + FIRST + LANE * number
            end = (right, places[f"copy:{copied[name]}"])
            group = self._drawing.part("lines", f"copies:{name}", f"{name} is copied by AWS")
            self._drawing.line(group, [(right, y), (x, y), (x, end[1]), end], "data", kind="dashed")
