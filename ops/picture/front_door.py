"""App Runner's own place: outside the network, with a door that AWS keeps."""

from config.deployment import Deployment
from ops.picture.geometry import Box
from ops.picture.network import EDGE, WAY_OUT, NetworkPlan
from ops.picture.panels import draw_row, row_height
from ops.picture.parties import service_cards
from ops.picture.svg import Drawing
from ops.picture.things import Row

APART = 40.0


class FrontDoor:
    """The services above the network where the platform is App Runner; else nothing.

    Attributes:
        bottom: Where the network begins.
    """

    def __init__(self, drawing: Drawing, deployment: Deployment, left: Box) -> None:
        self._drawing = drawing
        self._row: Row | None = None
        self.bottom = left.y
        if deployment.platform == "app-runner":
            note = "run by AWS, with its own load balancer and HTTPS"
            cards = service_cards(deployment, deployment.services)
            self._row = Row("app-runner", "Services on App Runner", "compute", note, cards)
            # The line to the internet passes on the left.
            x = left.x + EDGE + WAY_OUT
            self._box = Box(x, left.y, left.right - x, 0)
            height = row_height(self._row, self._box)
            self._box = Box(x, left.y, left.right - x, height)
            self.bottom = self._box.bottom + APART

    def draw(self, planned: NetworkPlan, sky: float) -> None:
        """The services, and the dotted lines of what AWS connects by itself."""
        if self._row is None:
            return
        draw_row(self._drawing, self._row, self._box)
        x = planned.spine
        connector = next(box for row, box in planned.rows if row.title == "VPC connector")
        group = self._drawing.part("lines", "aws:front-door", "App Runner's own front door and connector")
        self._drawing.line(group, [(x, sky), (x, self._box.y)], "outside", kind="dotted")
        self._drawing.line(
            group, [(x, self._box.bottom), (x, connector.y)], "outside", kind="dotted", head=False
        )
        self._drawing.pill((x, sky + 26), "visitors, through AWS’s front door", "outside")  # noqa: RUF001
