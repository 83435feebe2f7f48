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
from cambium.tenant_steps import Way, caught, chain, choose
from cambium.working_hours_steps import State


def change(functions: Functions, contents: Contents) -> State:
    """Suspend, resume, and another size or image: the schema first, then the services."""
    way = Way(to=BACK)
    opened, closed = "Is it to serve?", "Close it"
    states = {
        **choose("Does it serve?", "$.serves", "Prepare the stack: begin", closed).states,
        **chain(route(functions, closed, "suspended", way), then="Prepare the stack: begin"),
        **chain(
            bring_stack(functions, "Prepare the stack", "$.prepared", way, changes=True),
            then="Does it migrate?",
        ),
        **choose("Does it migrate?", "$.migrates", "Migrate", "Change the stack: begin").states,
        **chain(
            caught("Migrate", contents.migration, way),
            bring_stack(functions, "Change the stack", "$.wanted", way, changes=True),
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
    restored = [bring_stack(functions, "Restore the stack", "$.previous", LEFT, changes=True)]
    back = {
        **chain(*restored, then="Did it serve?"),
        **choose("Did it serve?", "$.prior", "Open it again", "Close it again", value="active").states,
        **chain(route(functions, "Open it again", "active", LEFT), then=RECORD),
        **chain(route(functions, "Close it again", "suspended", LEFT), then=RECORD),
    }
    back[BACK] = {"Type": "Pass", "Next": "Restore the stack: begin"}
    return whole(functions, "", "Does it serve?", {**states, **back}, fails_as="$.prior")
