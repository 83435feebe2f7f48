"""What the stack of a tenant was before a run: what the run's way back leads to."""

from typing import TypedDict

from tenants import runs, stack_facts
from tenants.registry import Tenant

NOTE = "stack_before"


class Before(TypedDict):
    """A stack, or nothing where there was none."""

    template: str
    parameters: dict[str, str]


def note(known: Tenant, run: str, name: str) -> Before:
    """Write down what it is now, or what it was before a run that was stopped and changed it half way.

    Args:
        known: The tenant, as it was read before this run claimed it.
        run: Who asks, and has claimed it.
        name: Its stack.
    """
    was = _of_stopped(known) or _now(name)
    runs.note(known.tenant, run, NOTE, dict(was))
    return was


def _of_stopped(known: Tenant) -> Before | None:
    """Who let go of a tenant has left it as it was, or said that it did not."""
    found: Before | None = runs.noted(known.tenant, known.operation, NOTE) if known.operation else None
    return found if found and found["parameters"] else None


def _now(name: str) -> Before:
    found = stack_facts.find(name)
    if found is None:
        return {"template": "", "parameters": {}}
    return {"template": stack_facts.template_of(found), "parameters": stack_facts.given(found)}
