"""The whole page: title, the internet, regions, the recovery region, and what the signs mean."""

from config.deployment import Deployment
from config.region import Region
from ops.picture import network, outside
from ops.picture.copies import Copies
from ops.picture.front_door import FrontDoor
from ops.picture.geometry import Box
from ops.picture.legend import draw_legend
from ops.picture.lines import Lines
from ops.picture.list_panels import draw_section, section_height
from ops.picture.lists import sections
from ops.picture.network_panels import draw_network
from ops.picture.svg import Drawing
from ops.picture.telling import description, heading, title

WIDTH = 1000.0
MARGIN = 20.0
INNER = WIDTH - 2 * MARGIN
SKY = 58.0
"""Between the internet and a region, for the first lines and their ports."""
PAD = 16.0
TEXT = MARGIN + PAD + network.EDGE + network.WAY_OUT
"""Where titles begin: right of the line to the internet."""
BESIDE = 222.0
"""Width of the lists."""
LIST_GAP = 12.0
COPY_LANE = 10.0
"""More room beside the lists, for the line to the copies."""


def draw(deployment: Deployment) -> str:
    """The picture of ``deployment``, as SVG."""
    drawing = Drawing()
    height = _Page(drawing, deployment).draw()
    drawing.rect("page", Box(0.75, 0.75, WIDTH - 1.5, height - 1.5), "page", radius=16)
    return drawing.render(WIDTH, height, title(deployment), description(deployment))


class _Page:
    def __init__(self, drawing: Drawing, deployment: Deployment) -> None:
        self._drawing, self._deployment = drawing, deployment
        self._copies = Copies(drawing, deployment)

    def draw(self) -> float:
        words, told = heading(self._deployment)
        self._drawing.text("labels", (MARGIN + 2, 46), words, "h1")
        self._drawing.text("labels", (MARGIN + 2, 73), told, "h3", colour="soft")
        y = 92.0
        for region in self._deployment.regions:
            y = self._region(region, self._sky(region, y)) + 20
        copies = Box(MARGIN, y, INNER, 0)
        y = self._copies.draw(copies, Box(copies.right - PAD - COPY_LANE - BESIDE, y, BESIDE, 0), TEXT)
        return draw_legend(self._drawing, Box(MARGIN, y, INNER, 0)) + 16

    def _sky(self, region: Region, y: float) -> float:
        box = Box(MARGIN, y, INNER, 0)
        if region == self._deployment.home:
            return outside.draw(self._drawing, self._deployment, box)
        return outside.draw_again(self._drawing, box)

    def _region(self, region: Region, sky: float) -> float:
        top = sky + SKY
        body = Box(MARGIN + PAD, top + 44, INNER - 2 * PAD - COPY_LANE, 0)
        left = Box(body.x, body.y, body.width - BESIDE - PAD, 0)
        right = Box(left.right + PAD, body.y, BESIDE, 0)
        door = FrontDoor(self._drawing, self._deployment, left)
        planned = network.plan(self._deployment, Box(left.x, door.bottom, left.width, 0))
        draw_network(self._drawing, planned, self._deployment, region)
        door.draw(planned, sky)
        Lines(self._drawing, planned, sky).draw()
        bottom = self._lists(region, right, planned.box.bottom)
        self._frame(region, Box(MARGIN, top, INNER, bottom + PAD - top))
        return bottom + PAD

    def _lists(self, region: Region, column: Box, network_bottom: float) -> float:
        """From the top, but the last one down where the network ends, if there is so much room."""
        found = sections(self._deployment, region)
        heights = [section_height(section, column.width) for section in found]
        bottom = max(network_bottom, column.y + sum(heights) + LIST_GAP * (len(heights) - 1))
        y = column.y
        for section, height in zip(found, heights, strict=True):
            if section.title == "Buckets":
                y = bottom - height
            entries = draw_section(self._drawing, section, Box(column.x, y, column.width, height))
            self._copies.note(entries, column.right)
            y += height + LIST_GAP
        return bottom

    def _frame(self, region: Region, box: Box) -> None:
        group = self._drawing.part("back", f"region:{region.name}")
        self._drawing.rect(group, box, "outside-frame", radius=12)
        self._drawing.text(group, (TEXT, box.y + 28), f"Region {region.name}", "h2")
        if len(region.shards) > 1:
            words = f"{len(region.shards)} shards, each with services and data of its own, as drawn"
            at = (box.right - PAD - COPY_LANE, box.y + 28)
            self._drawing.text(group, at, words, colour="soft", anchor="end")
