"""Draws the network of a region: frame, zones, subnets, NAT gateways and rows; the lines come later."""

from config.deployment import Deployment
from config.network import Subnet
from config.region import Region
from ops.picture.geometry import Box
from ops.picture.network import WAY_OUT, ZONE_GAP, NetworkPlan, nat_cards
from ops.picture.panels import draw_card, draw_row
from ops.picture.svg import Drawing
from ops.picture.theme import width_of
from ops.picture.things import Card


def draw_network(drawing: Drawing, planned: NetworkPlan, deployment: Deployment, region: Region) -> None:
    """All of it, as planned."""
    network = deployment.network_of(region)
    box = planned.box
    group = drawing.part("panels", f"network:{region.name}")
    drawing.rect(group, box, "network-frame", radius=10)
    for words, column in zip(("Private network", f"VPC {network.cidr}"), _two(planned.zones), strict=True):
        drawing.text(group, (column.x, box.y + 25), words, "h3", colour="network-ink")
    for zone, column in zip(region.zones, planned.zones, strict=False):
        drawing.text(group, (column.x, box.y + 45), f"Zone {zone}", colour="soft")
    for subnet in network.subnets():
        _draw_subnet(drawing, planned, subnet)
    if planned.nat is not None:
        _draw_nat(drawing, planned, planned.nat, nat_cards(deployment))
    for row, place in planned.rows:
        draw_row(drawing, row, place)


def _draw_nat(drawing: Drawing, planned: NetworkPlan, place: Box, cards: list[Card]) -> None:
    for index, card in enumerate(cards):
        # The first stands on the line to the internet.
        x = planned.zones[index].x if index else place.x - WAY_OUT + 6
        draw_card(drawing, card, Box(x, place.y, place.width, place.height))


def _two(zones: list[Box]) -> list[Box]:
    """Where two titles stand, so that the lines between zones pass them."""
    return zones[:2] if len(zones) > 1 else zones[0].columns(2, ZONE_GAP)


def _draw_subnet(drawing: Drawing, planned: NetworkPlan, subnet: Subnet) -> None:
    band = planned.bands[0 if subnet.group == "Public" else 1]
    column = planned.zones[subnet.zone_index]
    left = band.x if subnet.zone_index == 0 else column.x
    right = band.right if subnet.zone_index == len(planned.zones) - 1 else column.right
    group = drawing.part("panels", f"subnet:{subnet.cidr}", f"{subnet.group} subnet {subnet.cidr}")
    drawing.rect(group, Box(left, band.y, right - left, band.height), "zone")
    words = f"{subnet.group} subnet {subnet.cidr}"
    if width_of(words, "body") > column.width:
        words = f"{subnet.group} {subnet.cidr}"
    drawing.text(group, (column.x, band.y + 19), words, colour="soft")
