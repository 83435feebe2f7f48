"""Making a tenant, step by step, and the way back to nothing."""

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
from cambium.tenant_steps import Way, chain, invoke
from cambium.working_hours_steps import State


def create(functions: Functions, contents: Contents) -> State:
    """Line, stack, roles, secrets, migration, services, health: then it is active."""
    way = Way(to=BACK)
    parts = [
        # Before anything exists: nobody else can place the organization while its database is made.
        route(functions, "Announce it", "provisioning", way),
        bring_stack(functions, "Make the stack", "$.prepared", way),
        *fill(functions, contents, way),
        bring_stack(functions, "Start the services", "$.wanted", way),
        ask_services(functions, way),
        route(functions, "Open it", "active", way, origin=True),
        succeed(functions, origin=f"{OUTPUTS}.Origin"),
    ]
    back = [
        route(functions, "Close it again", "gone", LEFT),
        remove_stack(functions, "Remove the stack again", LEFT),
        invoke("Forget its snapshots", functions.forget_snapshots, told_of("tenant", "database"), LEFT),
    ]
    states = {**chain(*parts, then="Done"), **chain(*back, then=RECORD)}
    states[BACK] = {"Type": "Pass", "Next": back[0].first}
    return whole(functions, "create", parts[0].first, states, fails_as="failed")
