"""What both ways of a move have in common: fences, the line in the routing table, and the look at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cambium.tenant_parts import RECORD
from cambium.tenant_steps import Way, chain, choose, invoke
from cambium.working_hours_steps import Part, State, one

FENCED = "$.fenced"
LOST = "It is still moving"
RECORD_MOVE = "Record the move"
AGAIN = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 20, "MaxAttempts": 2, "BackoffRate": 2}]
"""For tasks that take something back."""


@dataclass(frozen=True, kw_only=True)
class Moves:
    """The task and the functions of a move."""

    to_silo: Callable[..., State]
    """Steps of the task, from the pool to the silo."""
    to_pool: Callable[..., State]
    """The same from the silo to the pool."""
    clear: Callable[[], State]
    """What clears the pool of the tenant of an item of a list."""
    lift: Callable[[], State]
    """What drops the fence of one who is no more from the pool."""
    admit: str
    line: str
    """Changes the line in the routing table."""
    look: str
    """Says where the organization is served from."""
    result: str
    """Reads what a step of the task has said."""
    succeed: str
    again = AGAIN

    def lead(self, name: str, action: str, way: Way, **told: str) -> Part:
        """Change the line in the routing table, in one conditional write."""
        run = {f"{name}.$": f"$.{name}" for name in ("tenant", "tenantValue", "to")}
        payload = {**run, "action": action, **told}
        return invoke(name, self.line, payload, way)

    def read(self, name: str, way: Way) -> Part:
        """Read what was compared, and write it down; counts and sums are no content."""
        return invoke(name, self.result, {"tenant.$": "$.tenant", "results.$": "$.results"}, way)


def mark(name: str, path: str) -> Part:
    """From here on the way back has more to do."""
    return one(name, {"Type": "Pass", "Result": True, "ResultPath": path})


def flip(moves: Moves, name: str, action: str, *, origin: str | None) -> Part:
    """Lead requests to the other side. Whether a write whose answer was lost has happened is looked at."""
    told = {"origin.$": origin} if origin else {}
    return moves.lead(name, action, Way(to=_looks(name)), **told)


def look_again(
    moves: Moves, name: str, *, tier: str, back: str, on: str = RECORD_MOVE
) -> Mapping[str, State]:
    """After a flip that failed: it may have happened, and users may have written there since."""
    way = Way(to=LOST, step="left_step", failure="left", stubborn=True)
    chosen = f"{name}: did it happen?"
    return {
        **chain(
            invoke(_looks(name), moves.look, {"tenant.$": "$.tenant"}, way, keep="$.looked"), then=chosen
        ),
        **choose(chosen, tier, on, back).states,
    }


def fails_still_moving() -> Mapping[str, State]:
    """The end of what neither went on nor back: the next run begins there."""
    return {LOST: {"Type": "Pass", "Result": "moving", "ResultPath": "$.becomes", "Next": RECORD}}


def record(moves: Moves) -> Mapping[str, State]:
    """Write down where it lives now; by then it is served, so this is tried for long and never taken back."""
    told = ("tenant", "to", "run", "wanted", "requestedBy", "database", "snapshot")
    payload = {f"{name}.$": f"$.{name}" for name in told}
    way = Way(to="Failed", stubborn=True)
    return dict(chain(invoke(RECORD_MOVE, moves.succeed, payload, way), then="Done"))


def _looks(name: str) -> str:
    return f"{name}: look again"
