"""Plans the network of a region: zones as columns, public above private, rows across them."""

from dataclasses import dataclass, field

from config.deployment import Deployment
from config.network import NatGateways, NatInstance
from ops.picture import parties
from ops.picture.geometry import Box
from ops.picture.panels import PAD, card_height, row_height
from ops.picture.routes import Routes, routes
from ops.picture.svg import pill_width
from ops.picture.things import Card, Row

EDGE = 12.0
WAY_OUT = 38.0
"""Beside the rows on the left, for the line to the internet."""
LANE = 15.0
ZONE_GAP = 16.0
HEADER = 58.0
LABEL = 28.0
"""Above the rows of a subnet."""
BETWEEN, APART = 46.0, 18.0
"""Below a row with an arrow to the next, and without."""
NAT_WIDTH = 166.0


@dataclass(slots=True)
class NetworkPlan:
    """Where everything in the network is."""

    box: Box
    zones: list[Box]
    """The columns that rows lie in."""
    routes: Routes
    rows: list[tuple[Row, Box]] = field(default_factory=list)
    bands: list[Box] = field(default_factory=list)
    """The public and the private subnets, over the whole width."""
    nat: Box | None = None
    """The NAT gateway of the first zone, before it moves onto the line to the internet."""

    @property
    def entry(self) -> float:
        """The width of the strip beside the rows where lines arrive with their ports."""
        return max((pill_width(lane.label) + 36 for lane in self.routes.lanes), default=0)

    @property
    def nat_width(self) -> float:
        """How wide a NAT gateway is drawn."""
        return min(NAT_WIDTH, self.zones[0].width)

    @property
    def across(self) -> Box:
        """What a row spans."""
        first, last = self.zones[0], self.zones[-1]
        return Box(first.x, first.y, last.right - first.x, 0)

    @property
    def spine(self) -> float:
        """The x of lines from row to row: between two zones, where no text is."""
        last = self.zones[-1]
        return last.x - ZONE_GAP / 2 if len(self.zones) > 1 else last.right - 40

    @property
    def trunk(self) -> float:
        """The x of the line to the internet."""
        return self.zones[0].x - WAY_OUT / 2


def plan(deployment: Deployment, at: Box) -> NetworkPlan:
    """Lays the network out from the top of ``at``, in its width."""
    public, private = parties.public_rows(deployment), parties.private_rows(deployment)
    planned = NetworkPlan(at, [], routes(deployment.access, [*public, *private]))
    beside = planned.entry + LANE * planned.routes.lanes_wide if planned.routes.lanes else 0
    inside = Box(at.x + EDGE + WAY_OUT, at.y, at.width - 2 * EDGE - WAY_OUT - max(beside, 8), 0)
    planned.zones = inside.columns(deployment.network.zones, ZONE_GAP)
    y = _public(planned, deployment, public, at.y + HEADER)
    crossing = any(link.source in [row.party for row in public] for link in planned.routes.straight)
    y = _private(planned, private, y + (BETWEEN if crossing else ZONE_GAP))
    planned.box = Box(at.x, at.y, at.width, y + EDGE - at.y)
    return planned


def _public(planned: NetworkPlan, deployment: Deployment, rows: list[Row], top: float) -> float:
    y = _place(planned, rows, top + LABEL)
    if cards := nat_cards(deployment):
        width = planned.nat_width
        planned.nat = Box(planned.zones[0].x, y, width, max(card_height(card, width) for card in cards))
        y = planned.nat.bottom + PAD
    planned.bands.append(Box(planned.box.x + EDGE, top, planned.box.width - 2 * EDGE, y + 2 - top))
    return y


def _private(planned: NetworkPlan, rows: list[Row], top: float) -> float:
    y = _place(planned, rows, top + LABEL)
    planned.bands.append(Box(planned.box.x + EDGE, top, planned.box.width - 2 * EDGE, y - top))
    return y


def _place(planned: NetworkPlan, rows: list[Row], y: float) -> float:
    across = planned.across
    pairs = {(link.source, link.target) for link in planned.routes.straight}
    for index, row in enumerate(rows):
        height = max(row_height(row, across), _doors(planned, row) * 24)
        planned.rows.append((row, Box(across.x, y, across.width, height)))
        last = index == len(rows) - 1
        joined = not last and (row.party, rows[index + 1].party) in pairs
        y += height + (12 if last else BETWEEN if joined else APART)
    return y


def _doors(planned: NetworkPlan, row: Row) -> int:
    """Lines at the right edge of a row."""
    lanes = planned.routes.lanes
    return sum(
        (lane.target == row.party) + any(link.source == row.party for link in lane.links) for lane in lanes
    )


def nat_cards(deployment: Deployment) -> list[Card]:
    """The way out, zone by zone."""
    nat = deployment.network.nat
    if isinstance(nat, NatGateways):
        return [
            Card(f"nat:{index}", "NAT gateway", (f"way out of {_whose(nat.count, index)}",), "network")
            for index in range(nat.count)
        ]
    if isinstance(nat, NatInstance):
        return [Card("nat:0", "NAT instance", (nat.instance_type,), "network")]
    return []


def _whose(gateways: int, index: int) -> str:
    return "every zone" if gateways == 1 else f"zone {'abc'[index]}"
