"""The way back of a tenant that is there: the template and parameters of its stack, and who is led to it."""

from collections.abc import Mapping
from dataclasses import replace

from cambium.tenant_parts import STACK, Functions, ask_services, route
from cambium.tenant_steps import Way, chain, choose, until_done
from cambium.working_hours_steps import State, one

RESTORE, COMPARE = "Restore the stack", "Compare it with what it was"
FIRST = f"{RESTORE}: begin"
SAME, AS_IT_WAS, SERVED = "Is it as it was?", "It is as it was", "Did it serve?"
OPEN, CLOSE = "Open it again", "Close it again"


def restored(
    functions: Functions, way: Way, *, then: str, unhealthy: str | None = None
) -> Mapping[str, State]:
    """Bring the stack back to the template and the parameters it had, and lead users there as before.

    Where that fails, and yet the stack is as it was, this goes on all the same: nobody who can be served is
    left without. Its host is read from the stack, since App Runner gives a service that is made again
    another one.

    Args:
        functions: Behind the steps.
        way: Where a failure leads.
        then: The step after it.
        unhealthy: Where services lead that do not answer, if not there.
    """
    asked = {**STACK, "parameters.$": "$.previous", "template.$": "$.template"}
    beside = Way(to=way.to, step="compared_step", failure="compared", stubborn=True)
    sick = replace(way, to=unhealthy) if unhealthy else way
    compare = replace(way, to=f"{COMPARE}: begin")
    ask = ask_services(functions, sick, "Ask its services again")
    return {
        **chain(until_done(RESTORE, functions.stack, {**asked, "changes": True}, compare), then=SERVED),
        **chain(until_done(COMPARE, functions.stack, {**asked, "look": True}, beside), then=SAME),
        **choose(SAME, "$.at.answer.same", AS_IT_WAS, way.to).states,
        # Then nothing is left to be done another time.
        **chain(
            one(AS_IT_WAS, {"Type": "Pass", "Result": "", "ResultPath": f"$.{way.failure}"}), then=SERVED
        ),
        **choose(SERVED, "$.prior", ask.first, CLOSE, value="active").states,
        **chain(ask, route(functions, OPEN, "active", way, origin=True), then=then),
        **chain(route(functions, CLOSE, "suspended", way), then=then),
    }
