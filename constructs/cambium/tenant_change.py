"""Changing a tenant, step by step, and the way back to what it was."""

from cambium.tenant_parts import (
    BACK,
    LEFT,
    RECORD,
    SUCCEED,
    Contents,
    Functions,
    ask_services,
    bring_stack,
    route,
    succeed,
    whole,
)
from cambium.tenant_restoration import FIRST, OPEN, restored
from cambium.tenant_steps import Way, caught, chain, choose
from cambium.working_hours_steps import State


def change(functions: Functions, contents: Contents) -> State:
    """Suspend, resume, and another size or image: the schema first, then the services.

    The latter brings the template of this release, too; who is suspended or resumed keeps theirs.
    """
    way = Way(to=BACK)
    opened, closed = "Is it to serve?", "Close it"
    states = {
        **choose("Does it serve?", "$.serves", "Prepare the stack: begin", closed).states,
        **chain(route(functions, closed, "suspended", way), then="Prepare the stack: begin"),
        **chain(
            bring_stack(functions, "Prepare the stack", "$.prepared", way, changes=True, own="$.own"),
            then="Does it migrate?",
        ),
        **choose("Does it migrate?", "$.migrates", "Migrate", "Change the stack: begin").states,
        **chain(
            caught("Migrate", contents.migration, way),
            bring_stack(functions, "Change the stack", "$.wanted", way, changes=True, own="$.own"),
            then=opened,
        ),
        **choose(opened, "$.serves", "Ask its services: begin", SUCCEED).states,
        **chain(
            ask_services(functions, way),
            route(functions, "Open it", "active", way, origin=True),
            then=SUCCEED,
        ),
        **chain(succeed(functions, origin="$.stack"), then="Done"),
    }
    back = {
        BACK: {"Type": "Pass", "Next": FIRST},
        # Who did not answer before is led there as before.
        **restored(functions, LEFT, then=RECORD, unhealthy=OPEN),
    }
    return whole(functions, "", "Does it serve?", {**states, **back}, fails_as="$.prior")
