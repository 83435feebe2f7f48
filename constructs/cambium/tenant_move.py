"""Moving an organization from the pool into a silo of its own, and the way back to the pool."""

from collections.abc import Mapping

from cambium.tenant_move_parts import (
    FENCED,
    IN_SILO,
    LOST,
    RECORD_MOVE,
    Moves,
    fails_still_moving,
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
    Contents,
    Functions,
    ask_services,
    bring_stack,
    fill,
    remove_stack,
    told_of,
)
from cambium.tenant_steps import Way, caught, chain, choose, invoke
from cambium.working_hours_steps import State, one

FIRST = "Make the stack: begin"
BACK = "Take it back into the pool"
AGAIN = "Serve it from the pool again"
RETURN, EMPTY, REMOVE = "Is it fenced in the pool?", "Was anything copied?", "Remove the stack again: begin"


def to_silo(functions: Functions, contents: Contents, moves: Moves) -> Mapping[str, State]:
    """From a stack that serves nobody to one that serves the organization.

    The services run before writes are refused, and what was written while they started is copied before,
    too: users notice one task.
    """
    way = Way(to=BACK)
    step = moves.to_silo
    return {
        **chain(
            bring_stack(functions, "Make the stack", "$.prepared", way),
            one("Keep its outputs", {"Type": "Pass", "InputPath": OUTPUTS, "ResultPath": "$.outputs"}),
            *fill(functions, contents, way),
            caught("Check both databases", step("check"), way),
            moves.settle("Settle whose rows they are", way),
            mark("It is copied from here on", "$.copying"),
            caught("Copy the rows", step("copy"), way),
            bring_stack(functions, "Start the services", "$.wanted", way, changes=True),
            ask_services(functions, way),
            caught("Copy the rows again", step("copy", result="copy-again"), way),
            mark("It is fenced from here on", FENCED),
            moves.lead("Stop serving it from the pool", "hold", way),
            caught("Refuse its writes, copy the rest and compare", step(*SWITCH), way),
            moves.read("Read the comparison", way),
            flip(moves, "Serve it from the silo", "to_silo", origin=f"{OUTPUTS}.Origin"),
            then=RECORD_MOVE,
        ),
        **look_again(moves, "Serve it from the silo", tier="$.looked.answer.in_silo", back=BACK),
        **_back(functions, moves),
    }


def _back(functions: Functions, moves: Moves) -> Mapping[str, State]:
    step, still = moves.to_silo, Way(to=LOST, step="left_step", failure="left", stubborn=True)
    # A copy in a database that goes anyway is no reason to keep the database.
    anyway = Way(to=REMOVE, step="left_step", failure="left", stubborn=True)
    return {
        BACK: {"Type": "Pass", "Next": RETURN},
        **is_fenced(RETURN, back=AGAIN, otherwise=EMPTY).states,
        **let_go(
            moves,
            AGAIN,
            unfence=caught(
                "Accept its writes in the pool again", {**step("unfence"), "Retry": moves.again}, still
            ),
            served=IN_SILO,
            way=still,
            on=RECORD_MOVE,
            then=EMPTY,
        ),
        **choose(EMPTY, "$.copying", "Empty its database", REMOVE).states,
        **chain(caught("Empty its database", step("empty"), anyway), then=REMOVE),
        **chain(
            remove_stack(functions, "Remove the stack again", LEFT),
            invoke("Forget its snapshots", functions.forget_snapshots, told_of("tenant", "database"), LEFT),
            then=RECORD,
        ),
        **fails_still_moving(),
    }
