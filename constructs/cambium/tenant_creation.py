"""Making a tenant, step by step, and the way back to nothing, which ends where somebody may have used it."""

from cambium.tenant_parts import (
    BACK,
    LEFT,
    OUTPUTS,
    RECORD,
    Contents,
    Functions,
    ask_services,
    bring_stack,
    fill,
    remove_stack,
    route,
    succeed,
    told_of,
    whole,
)
from cambium.tenant_steps import Way, chain, choose, invoke
from cambium.working_hours_steps import State

USED = "May somebody have used it?"


def create(functions: Functions, contents: Contents) -> State:
    """Line, stack, roles, secrets, migration, services, health: then it is active.

    From the moment its line opens somebody may write, so from then on a failure, of this run or of a later
    one, leaves everything as it is.
    """
    way = Way(to=BACK)
    parts = [
        # Before anything exists: nobody else can place the organization while its database is made.
        route(functions, "Announce it", "provisioning", way, creates=True),
        # One that somebody may have used is not made anew, since it would be empty.
        bring_stack(functions, "Make the stack", "$.prepared", way, changes="$.used"),
        *fill(functions, contents, way),
        bring_stack(functions, "Start the services", "$.wanted", way, changes=True),
        ask_services(functions, way),
        route(functions, "Open it", "active", way, origin=True, creates=True),
        succeed(functions, origin=f"{OUTPUTS}.Origin"),
    ]
    closed = route(functions, "Close it again", "gone", LEFT, creates=True, keep="$.closed")
    back = [
        remove_stack(functions, "Remove the stack again", LEFT),
        invoke("Forget its snapshots", functions.forget_snapshots, told_of("tenant", "database"), LEFT),
    ]
    states = {
        **chain(*parts, then="Done"),
        BACK: {"Type": "Pass", "Next": closed.first},
        **chain(closed, then=USED),
        **choose(USED, "$.closed.answer.used", RECORD, back[0].first).states,
        **chain(*back, then=RECORD),
    }
    return whole(functions, "create", parts[0].first, states, fails_as="failed")
