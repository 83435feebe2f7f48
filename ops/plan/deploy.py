"""One numbered part of a runbook."""

from dataclasses import dataclass

from ops.plan.runbook_lines import Line


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deploy, or wave of changes of tenants, and everything around it."""

    title: str
    why: str
    do: tuple[Line, ...]
    before: tuple[Line, ...] = ()
    watch: tuple[Line, ...] = ()
    after: tuple[Line, ...] = ()
    back: tuple[Line, ...] = ()
