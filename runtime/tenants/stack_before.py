"""What the stack of a tenant was before a run: what the run's way back leads to."""

from typing import TypedDict

from tenants import runs, stack_facts
from tenants.registry import Tenant

NOTE = "stack_before"


class Before(TypedDict):
    """A stack, or nothing where there was none."""

    template: str
    parameters: dict[str, str]


def noted(found: Tenant) -> Before | None:
    """What a run that has not let go of a tenant has noted: the stack may be half way since.

    It was stopped, or it is the one that asks, whose first answer was lost. Who let go of a tenant has left
    it as it was, or has said that it did not.

    Args:
        found: The tenant, as it is before somebody claims it.
    """
    was: Before | None = runs.noted(found.tenant, found.operation, NOTE) if found.operation else None
    return was if was and was["parameters"] else None


def note(tenant: str, run: str, name: str, was: Before | None) -> Before:
    """Write down, and answer, what it was.

    Args:
        tenant: Whose stack it is.
        run: Who has claimed it.
        name: The stack.
        was: What is noted already; if nothing is, the stack is what it was.
    """
    was = was or _now(name)
    runs.note(tenant, run, NOTE, dict(was))
    return was


def _now(name: str) -> Before:
    found = stack_facts.find(name)
    if found is None:
        return {"template": "", "parameters": {}}
    return {"template": stack_facts.template_of(found), "parameters": stack_facts.given(found)}
