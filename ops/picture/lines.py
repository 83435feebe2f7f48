"""Draws the lines of a network, each with its port."""

from ops.picture.geometry import Box
from ops.picture.network import LANE, NetworkPlan
from ops.picture.routes import Lane, Link
from ops.picture.svg import Drawing
from ops.picture.theme import Hue

DOT = 3.2


class Lines:
    """The lines of one network, between the internet above it and its rows."""

    def __init__(self, drawing: Drawing, planned: NetworkPlan, internet: float) -> None:
        self._drawing, self._planned = drawing, planned
        self._sky = internet
        """The lower edge of the internet."""
        self._box = {row.party: box for row, box in planned.rows}
        self._hue: dict[str, Hue] = {row.party: row.hue for row, _ in planned.rows}
        self._doors = _door_heights(planned)

    def draw(self) -> None:
        """All of them: out, in, down and round."""
        self._draw_outward()
        for link in self._planned.routes.inward:
            self._draw_inward(link)
        for link in self._planned.routes.straight:
            self._draw_straight(link)
        for lane in self._planned.routes.lanes:
            self._draw_lane(lane)

    def _part(self, *links: Link) -> tuple[str, str]:
        rules = [rule for link in links for rule in link.rules]
        return (
            "rules:" + ";".join(str(rule) for rule in rules),
            "\n".join(f"{rule}: {rule.why}" for rule in rules),
        )

    def _draw_outward(self) -> None:
        links = self._planned.routes.outward
        if not links:
            return
        group = self._drawing.part("lines", *self._part(*links))
        x = self._planned.trunk
        boxes = sorted((self._box[link.source] for link in links), key=lambda box: -box.bottom)
        for index, box in enumerate(boxes):
            y = box.y + min(box.height / 2, 22)
            if index == 0:
                self._drawing.line(group, [(box.x, y), (x, y), (x, self._sky)], "network")
            else:
                self._drawing.line(group, [(box.x, y), (x, y)], "network", head=False)
                self._dot(x, y, "network")
        port = links[0].rules[0].port
        words = f"outgoing {port}"
        self._drawing.pill((x + 22, self._sky + 26), words, "network")

    def _draw_inward(self, link: Link) -> None:
        group = self._drawing.part("lines", *self._part(link))
        x = self._planned.spine
        self._drawing.line(group, [(x, self._sky), (x, self._box[link.target].y)], self._hue[link.target])
        self._drawing.pill((x, self._sky + 26), link.label, self._hue[link.target])

    def _draw_straight(self, link: Link) -> None:
        group = self._drawing.part("lines", *self._part(link))
        x, above, below = self._planned.spine, self._box[link.source], self._box[link.target]
        self._drawing.line(group, [(x, above.bottom), (x, below.y)], self._hue[link.target])
        self._drawing.pill((x, self._pill_height(above, below)), link.label, self._hue[link.target])

    def _pill_height(self, above: Box, below: Box) -> float:
        public, private = self._planned.bands
        if above.y < public.bottom and below.y > private.y:
            return (public.bottom + private.y) / 2
        return (above.bottom + below.y) / 2 - 4

    def _draw_lane(self, lane: Lane) -> None:
        group = self._drawing.part("lines", *self._part(*lane.links))
        hue = self._hue[lane.target]
        x = self._planned.across.right + self._planned.entry + LANE * (lane.position + 0.5) - 8
        end = (self._planned.across.right, self._doors[lane.target, lane.target, "in"])
        starts = [self._doors[link.source, lane.target, "out"] for link in lane.links]
        above = sorted(y for y in starts if y < end[1])
        below = sorted((y for y in starts if y > end[1]), reverse=True)
        for furthest, *others in filter(None, (above, below)):
            self._drawing.line(group, [(end[0], furthest), (x, furthest), (x, end[1]), end], hue)
            for y in others:
                self._drawing.line(group, [(end[0], y), (x, y)], hue, head=False)
                self._dot(x, y, hue)
        self._drawing.pill((end[0] + self._planned.entry / 2, end[1]), lane.label, hue)

    def _dot(self, x: float, y: float, hue: Hue) -> None:
        r = DOT
        outline = f"M{x - r:.1f} {y:.1f} a{r} {r} 0 1 0 {2 * r} 0 a{r} {r} 0 1 0 {-2 * r} 0 Z"
        self._drawing.shape("lines", outline, f"{hue}-ink")


def _door_heights(planned: NetworkPlan) -> dict[tuple[str, str, str], float]:
    """Where each lane meets each row: evenly over its right edge."""
    found = {}
    for row, box in planned.rows:
        lanes = planned.routes.lanes
        doors = [(row.party, lane.target, "in") for lane in lanes if lane.target == row.party]
        doors += [
            (link.source, lane.target, "out")
            for lane in lanes
            for link in lane.links
            if link.source == row.party
        ]
        for number, door in enumerate(doors, start=1):
            found[door] = box.y + box.height * number / (len(doors) + 1)
    return found
