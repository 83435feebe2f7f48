"""The network of a region: zones as columns, public above private, and its rows across them."""

from dataclasses import dataclass, field

from config.deployment import Deployment
from config.network import NatGateways, NatInstance, Subnet
from config.region import Region
from ops.picture import parties
from ops.picture.geometry import Box
from ops.picture.panels import PAD, draw_card, draw_row, row_height
from ops.picture.routes import Routes, routes
from ops.picture.svg import Drawing, pill_width
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
NAT_HEIGHT = 56.0


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
    nat: float = 0
    """The y of the NAT gateways."""

    @property
    def entry(self) -> float:
        """The width of the strip beside the rows where lines arrive with their ports."""
        return max((pill_width(lane.label) + 24 for lane in self.routes.lanes), default=0)

    @property
    def across(self) -> Box:
        """What a row spans."""
        first, last = self.zones[0], self.zones[-1]
        return Box(first.x, first.y, last.right - first.x, 0)

    @property
    def spine(self) -> float:
        """The x of lines from row to row: between two zones, where no text is."""
        middle = len(self.zones) // 2
        return self.zones[middle].x - ZONE_GAP / 2 if middle else self.zones[0].right - 40

    @property
    def trunk(self) -> float:
        """The x of the line to the internet."""
        return self.zones[0].x - WAY_OUT / 2


def plan(deployment: Deployment, region: Region, at: Box) -> NetworkPlan:
    """Lays the network out from the top of ``at``, in its width."""
    public, private = parties.public_rows(deployment), parties.private_rows(deployment)
    planned = NetworkPlan(at, [], routes(deployment.access, [*public, *private]))
    beside = planned.entry + LANE * planned.routes.lanes_wide if planned.routes.lanes else 0
    inside = Box(at.x + EDGE + WAY_OUT, at.y, at.width - 2 * EDGE - WAY_OUT - max(beside, 8), 0)
    planned.zones = inside.columns(deployment.network.zones, ZONE_GAP)
    y = _public(planned, deployment, public, at.y + HEADER)
    y = _private(planned, private, y + BETWEEN)
    planned.box = Box(at.x, at.y, at.width, y + EDGE - at.y)
    return planned


def _public(planned: NetworkPlan, deployment: Deployment, rows: list[Row], top: float) -> float:
    y = _place(planned, rows, top + LABEL)
    if nat_cards(deployment):
        planned.nat = y
        y += NAT_HEIGHT + PAD
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
        height = max(row_height(row, across, planned.zones), _doors(planned, row) * 24)
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
            Card(f"nat:{index}", "NAT gateway", ("the way out",), "network") for index in range(nat.count)
        ]
    if isinstance(nat, NatInstance):
        return [Card("nat:0", "NAT instance", (nat.instance_type,), "network")]
    return []


def draw(drawing: Drawing, planned: NetworkPlan, deployment: Deployment, region: Region) -> None:
    """Frames, subnets, rows and NAT gateways; the lines come later."""
    network = deployment.network_of(region)
    box = planned.box
    group = drawing.part("panels", f"network:{region.name}")
    drawing.rect(group, box, "network-frame", radius=10)
    title = f"Private network (VPC) {network.cidr}"
    drawing.text(group, (planned.zones[0].x, box.y + 24), title, "h3", colour="network-ink")
    for zone, column in zip(region.zones, planned.zones, strict=False):
        drawing.text(group, (column.x, box.y + 45), f"Zone {zone}", colour="soft")
    for subnet in network.subnets():
        _draw_subnet(drawing, planned, subnet)
    for card, column in zip(nat_cards(deployment), planned.zones, strict=False):
        draw_card(drawing, card, Box(column.x - WAY_OUT + 4, planned.nat, 132, NAT_HEIGHT))
    for row, place in planned.rows:
        draw_row(drawing, row, place, planned.zones)


def _draw_subnet(drawing: Drawing, planned: NetworkPlan, subnet: Subnet) -> None:
    band = planned.bands[0 if subnet.group == "Public" else 1]
    column = planned.zones[subnet.zone_index]
    left = band.x if subnet.zone_index == 0 else column.x
    right = band.right if subnet.zone_index == len(planned.zones) - 1 else column.right
    group = drawing.part("panels", f"subnet:{subnet.cidr}", f"{subnet.group} subnet {subnet.cidr}")
    drawing.rect(group, Box(left, band.y, right - left, band.height), "zone")
    words = f"{subnet.group} {subnet.cidr}"
    drawing.text(group, (column.x, band.y + 19), words, colour="soft")
