"""What both ways of a move have in common: fences, the line in the routing table, and the look at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cambium.tenant_parts import RECORD
from cambium.tenant_steps import Way, chain, choose, invoke
from cambium.working_hours_steps import Part, State, decide, one

FENCED = "$.fenced"
TAKE = "Take over its line"
LED = "$.led"
"""Where its line leads, as the last change of it has answered."""
IN_SILO, IN_POOL = f"{LED}.answer.in_silo", f"{LED}.answer.in_pool"
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
        """Change the line in the routing table, in one conditional write; where it leads then is ``LED``."""
        run = {f"{name}.$": f"$.{name}" for name in ("tenant", "tenantValue", "to", "run")}
        payload = {**run, "action": action, **told}
        return invoke(name, self.line, payload, way, keep=LED)

    def read(self, name: str, way: Way) -> Part:
        """Read what was compared, and write it down; counts and sums are no content."""
        return invoke(name, self.result, {"tenant.$": "$.tenant", "results.$": "$.results"}, way)

    def settle(self, name: str, way: Way) -> Part:
        """Write down that rows were found: who finishes this run works with the same ones."""
        return invoke(name, self.result, {"tenant.$": "$.tenant", "found": True}, way)


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


def take(moves: Moves, *, back: Mapping[str, str], then: str) -> Mapping[str, State]:
    """The first step of both ways: nothing that an earlier run began leads anybody anywhere any more.

    Args:
        moves: The functions of a move.
        back: By side that it goes to, where a failure leads.
        then: The step that asks where the line leads now.
    """
    failed = "Nothing has begun"
    others = [{"Variable": "$.to", "StringEquals": to, "Next": way} for to, way in back.items()]
    return {
        **chain(moves.lead(TAKE, "take", Way(to=failed)), then=then),
        failed: decide(LOST, others),
    }


def let_go(
    moves: Moves, name: str, *, unfence: Part, served: str, way: Way, on: str, then: str
) -> Mapping[str, State]:
    """Lead requests to the source again, then let it take writes.

    In this order, since a write of this run that was given up may come late: once the line is no more held it
    cannot lead anybody on, and if it has by then, the target serves and the way is ``on``. Between the two,
    the source is read, and refuses what is written.

    Args:
        moves: The functions of a move.
        name: The step that leads there.
        unfence: The step that lets it take writes.
        served: The path that says whether the target serves, ``IN_SILO`` or ``IN_POOL``.
        way: Where a failure of either leads.
        on: The step that follows if the target serves.
        then: The step that follows if not.
    """
    asks = f"{name}: or is it gone on?"
    return {
        **chain(moves.lead(name, "release", way), then=asks),
        **choose(asks, served, on, unfence.first).states,
        **chain(unfence, then=then),
    }


def is_fenced(name: str, *, back: str, otherwise: str) -> Part:
    """Where the source is fenced, go ``back``, if both databases can be entered to look at them.

    If not, an earlier run has fenced it and the stack could not be looked at: nothing is opened unseen.
    """
    fenced: State = {"Variable": FENCED, "BooleanEquals": True}
    entered: State = {"Variable": "$.outputs.DatabaseHost", "IsPresent": True}
    ways = [{"And": [fenced, entered], "Next": back}, {**fenced, "Next": LOST}]
    return one(name, decide(otherwise, ways))


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
