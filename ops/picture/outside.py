"""The internet: visitors, who answers for the domain, and what stands before the services."""

from collections.abc import Iterator

from config.deployment import Deployment
from ops.picture.geometry import Box
from ops.picture.svg import Drawing, number
from ops.picture.theme import LINE, width_of, wrapped

VISITORS = 150.0
PAD = 14.0
PROVIDERS = {"cloudflare": "Cloudflare", "route53": "Route 53", "elsewhere": "Another name server"}


def draw(drawing: Drawing, deployment: Deployment, at: Box) -> float:
    """The internet with visitors and host names; returns its lower edge."""
    inner = Box(at.x + VISITORS, at.y + PAD, at.width - VISITORS - PAD, 0)
    hosts = list(_hosts(deployment))
    column = _column(hosts)
    each = max(1, min(3, int((inner.width - PAD) / column)))
    notes = [line for note in _notes(deployment) for line in wrapped(note, inner.width - 24, "body")]
    rows = -(-len(hosts) // each) + len(notes)
    card = Box(inner.x, inner.y, inner.width, 18 + LINE["h3"] + rows * LINE["body"] + 2)
    box = Box(at.x, at.y, at.width, card.height + 2 * PAD)
    drawing.rect("panels", box, "outside-panel", radius=12)
    _draw_visitors(drawing, box)
    _draw_names(drawing, deployment, card, hosts, each, notes)
    return box.bottom


def draw_again(drawing: Drawing, at: Box) -> float:
    """The internet above a further region, so that no line passes through the one before."""
    box = Box(at.x, at.y, at.width, 34)
    drawing.rect("panels", box, "outside-panel", radius=12)
    drawing.text("panels", (at.x + 16, at.y + 22), "The internet", "h3")
    return box.bottom


def _hosts(deployment: Deployment) -> Iterator[tuple[str, str]]:
    for service in deployment.services:
        for host in service.hosts:
            yield host, service.name
        if service.paths and not service.hosts:
            for path in service.paths:
                yield deployment.edge.domain + path, service.name


def _column(hosts: list[tuple[str, str]]) -> float:
    return max((width_of(f"{host} → {name}", "body") for host, name in hosts), default=0) + 28


def _notes(deployment: Deployment) -> Iterator[str]:
    edge = deployment.edge
    if edge.distribution is not None:
        hosts = ", ".join(edge.distribution.hosts) or "every host"
        yield f"CloudFront keeps copies near visitors of {hosts}"
    if edge.failover_to is not None:
        yield f"while the health check fails, visitors go to {edge.failover_to}"
    if deployment.routing is not None:
        yield "a Worker leads each request to the region and shard of its organization"


def _draw_visitors(drawing: Drawing, box: Box) -> None:
    group = drawing.part("nodes", "internet", "Visitors, on the internet")
    x, y = box.x + 36, box.middle[1] - 14
    head = f"M{number(x - 7)} {number(y)} a7 7 0 1 0 14 0 a7 7 0 1 0 -14 0 Z"
    shoulders = f"M{number(x - 14)} {number(y + 28)} a14 16 0 0 1 28 0 Z"
    for outline in (head, shoulders):
        drawing.shape(group, outline, "outside-ink")
    drawing.text(group, (box.x + 62, box.middle[1] - 2), "Visitors", "h3")
    drawing.text(group, (box.x + 62, box.middle[1] + 16), "the internet", colour="soft")


def _draw_names(
    drawing: Drawing,
    deployment: Deployment,
    card: Box,
    hosts: list[tuple[str, str]],
    each: int,
    notes: list[str],
) -> None:
    provider = PROVIDERS[deployment.edge.dns]
    group = drawing.part("nodes", f"dns:{deployment.edge.dns}")
    drawing.rect(group, card, "network-card", radius=6)
    words = f"{provider} answers for {deployment.edge.zone_name}"
    drawing.text(group, (card.x + 12, card.y + 23), words, "h3", colour="network-ink")
    column = _column(hosts)
    y = card.y + 18 + LINE["h3"]
    for index, (host, name) in enumerate(hosts):
        at = (card.x + 12 + index % each * column, y + index // each * LINE["body"] + 8)
        drawing.text(group, at, f"{host} → {name}", colour="soft")
    y += -(-len(hosts) // each) * LINE["body"]
    for index, note in enumerate(notes):
        drawing.text(group, (card.x + 12, y + index * LINE["body"] + 8), note, colour="soft")
