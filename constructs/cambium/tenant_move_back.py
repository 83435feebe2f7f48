"""Moving a tenant from its silo into the pool it came from, and the way back to the silo."""

from collections.abc import Mapping

from cambium.tenant_move_parts import (
    FENCED,
    IN_POOL,
    LOST,
    RECORD_MOVE,
    Moves,
    flip,
    is_fenced,
    let_go,
    look_again,
    mark,
)
from cambium.tenant_mover import SWITCH
from cambium.tenant_parts import (
    LEFT,
    OUTPUTS,
    RECORD,
    Functions,
    bring_stack,
    look_at_stack,
    remove_stack,
    told_of,
)
from cambium.tenant_steps import Way, caught, chain, choose, until_done
from cambium.working_hours_steps import State, one

FIRST = "Look at the stack: begin"
ONWARD = "Stop the services: begin"
BACK = "Take it back into the silo"
AGAIN = "Serve it from the silo again"
EMPTY = "Was anything copied into the pool?"


def to_pool(functions: Functions, moves: Moves) -> Mapping[str, State]:
    """From the silo to the pool; once the pool serves it, the only way is on: the stack goes."""
    way, onward = Way(to=BACK), Way(to=LOST)
    step = moves.to_pool
    return {
        **chain(
            look_at_stack(functions, "Look at the stack", way),
            one("Keep what it has", {"Type": "Pass", "InputPath": OUTPUTS, "ResultPath": "$.outputs"}),
            caught("Check both databases for the way back", step("check"), way),
            moves.settle("Settle whose rows go back", way),
            mark("The pool is written to from here on", "$.copying"),
            caught("Copy the rows into the pool", step("copy"), way),
            mark("The silo is fenced from here on", FENCED),
            moves.lead("Stop serving it from the silo", "hold", way),
            caught("Refuse its writes in the silo, copy the rest and compare", step(*SWITCH, "open"), way),
            moves.read("Read what was compared", way),
            flip(moves, "Serve it from the pool", "to_pool", origin=None),
            then=ONWARD,
        ),
        **look_again(moves, "Serve it from the pool", tier="$.looked.answer.in_pool", back=BACK, on=ONWARD),
        **chain(
            bring_stack(functions, "Stop the services", "$.stopped", onward, existing=True),
            until_done(
                "Take the last snapshot",
                functions.take_snapshot,
                told_of("tenant", "database", "snapshot"),
                onward,
            ),
            one(
                "Keep its name",
                {"Type": "Pass", "InputPath": "$.at.answer.snapshot", "ResultPath": "$.snapshot"},
            ),
            remove_stack(functions, "Remove the stack", onward),
            then=RECORD_MOVE,
        ),
        **_back(moves),
    }


def _back(moves: Moves) -> Mapping[str, State]:
    step, still = moves.to_pool, Way(to=LOST, step="left_step", failure="left", stubborn=True)
    return {
        **is_fenced(BACK, back=AGAIN, otherwise=EMPTY).states,
        **let_go(
            moves,
            AGAIN,
            unfence=caught(
                "Accept its writes in the silo again", {**step("unfence"), "Retry": moves.again}, still
            ),
            served=IN_POOL,
            way=still,
            on=ONWARD,
            then=EMPTY,
        ),
        **choose(EMPTY, "$.copying", "Empty the pool of it", RECORD).states,
        **chain(caught("Empty the pool of it", {**step("empty"), "Retry": moves.again}, LEFT), then=RECORD),
    }
