"""Steps outside the ways forward that fail in tests: admissions, records, and the ways back."""

from dataclasses import dataclass
from typing import Any

from support.broken_steps import Step


@dataclass(frozen=True, kw_only=True)
class Case:
    """A step that fails, what fails before so that it is reached, and what the tenant is afterwards."""

    verb: str
    """Its machine."""
    step: str
    when: str
    first: Step | None
    told: tuple[str, str] | None
    """What is asked for besides the tenant: a name and a value."""
    state: str
    """What the registry says; nothing of one that it has not heard of."""
    line: str
    """Tier and state of the line in the routing table; nothing without one."""
    stack: bool
    was: str = "active"
    """What the tenant must be for this."""
    refuses: str = ""
    """Which side takes no writes of it, ``pool`` or ``silo``."""
    recorded: bool = True
    """Whether the end of the run is on record; if not, the run still holds the tenant."""
    then: Step | None = None
    """What fails after ``first``, so that it is reached."""
    left: str | None = None
    """The step that is said to have left something: itself, unless told; nothing where nothing is left."""
    second: str = ""
    """What a second run says, where the first has done everything and only its answer was lost."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that fail."""
        return tuple(one for one in (self.first, self.then, (self.step, self.when)) if one)

    @property
    def name(self) -> str:
        """For people."""
        led = f", after {self.first[0]}" if self.first else ""
        how = "" if not self.first or self.first[1] == "before" else " is lost"
        return f"{self.verb} {self.told[1] if self.told else ''}: {self.step}, {self.when}{led}{how}"


@dataclass(frozen=True, kw_only=True)
class Of:
    """Makes cases of one machine that have something in common."""

    verb: str
    first: Step | None = None
    told: tuple[str, str] | None = None

    def __call__(
        self, step: str, when: str, state: str, line: str, *, stack: bool = False, **facts: Any
    ) -> Case:
        """One of them."""
        return Case(
            **{"verb": self.verb, "first": self.first, "told": self.told, **facts},
            step=step,
            when=when,
            state=state,
            line=line,
            stack=stack,
        )


SILO, POOL = "enterprise active", "shared active"
_new, _unmade = Of(verb="create"), Of(verb="create", first=("Ask its services", "before"))
CREATIONS = (
    _new("Admit", "before", "", ""),
    _new("Admit", "after", "creating", "", recorded=False),
    _unmade("Close it again", "before", "failed", "enterprise provisioning", stack=True),
    _unmade("Close it again", "after", "failed", "", stack=True),
    _unmade("Remove the stack again", "before", "failed", "", stack=True),
    _unmade("Remove the stack again", "after", "failed", "", stack=True),
    _unmade("Forget its snapshots", "before", "failed", ""),
    _unmade("Forget its snapshots", "after", "failed", ""),
    _unmade("Record the failure", "before", "creating", "", recorded=False),
    _unmade("Record the failure", "after", "failed", ""),
    # Its line has led somebody to it, so nothing is taken back.
    _new("Open it", "after", "creating", SILO, stack=True),
    _new("Record the success", "before", "creating", SILO, stack=True, recorded=False),
    _new("Record the success", "after", "active", SILO, stack=True, second="is there already and active"),
)
_COMPARE = "Compare it with what it was"
_NOT_RESTORED: dict[str, Any] = {"then": ("Restore the stack", "before"), "left": "Restore the stack"}
_update = Of(verb="change", told=("operation", "update"))
_unchanged = Of(verb="change", told=("operation", "update"), first=("Ask its services", "before"))
_suspend = Of(verb="change", told=("operation", "suspend"))
_unresumed = Of(verb="change", told=("operation", "resume"), first=("Ask its services", "before"))
CHANGES = (
    _update("Admit", "before", "active", SILO, stack=True),
    _update("Admit", "after", "active", SILO, stack=True, recorded=False),
    _unchanged("Restore the stack", "before", "active", SILO, stack=True),
    _unchanged("Restore the stack", "after", "active", SILO, stack=True, left=""),
    _unchanged(_COMPARE, "before", "active", SILO, stack=True, **_NOT_RESTORED),
    _unchanged(_COMPARE, "after", "active", SILO, stack=True, **_NOT_RESTORED),
    _unchanged("Ask its services again", "before", "active", SILO, stack=True),
    _unchanged("Ask its services again", "after", "active", SILO, stack=True),
    _unchanged("Open it again", "before", "active", SILO, stack=True),
    _unchanged("Open it again", "after", "active", SILO, stack=True),
    _unchanged("Record the failure", "before", "active", SILO, stack=True, recorded=False),
    _unchanged("Record the failure", "after", "active", SILO, stack=True),
    _update("Record the success", "before", "active", SILO, stack=True, recorded=False),
    _update("Record the success", "after", "active", SILO, stack=True),
    _suspend("Close it", "before", "active", SILO, stack=True),
    _suspend("Close it", "after", "active", SILO, stack=True),
    _unresumed("Close it again", "before", "suspended", "enterprise suspended", stack=True, was="suspended"),
    _unresumed("Close it again", "after", "suspended", "enterprise suspended", stack=True, was="suspended"),
)
_gone, _undeleted = Of(verb="delete"), Of(verb="delete", first=("Find the export", "after"))
DELETIONS = (
    _gone("Admit", "before", "active", SILO, stack=True),
    _gone("Admit", "after", "deleting", SILO, stack=True, recorded=False),
    _undeleted("Drop the snapshot", "before", "active", SILO, stack=True),
    _undeleted("Drop the snapshot", "after", "active", SILO, stack=True),
    _undeleted("Drop the export", "before", "active", SILO, stack=True),
    _undeleted("Drop the export", "after", "active", SILO, stack=True),
    _undeleted("Restore the stack", "before", "deleting", "enterprise deleting", stack=True),
    _undeleted("Restore the stack", "after", "active", SILO, stack=True, left=""),
    _undeleted(_COMPARE, "before", "deleting", "enterprise deleting", stack=True, **_NOT_RESTORED),
    _undeleted(_COMPARE, "after", "deleting", "enterprise deleting", stack=True, **_NOT_RESTORED),
    _undeleted("Ask its services again", "before", "deleting", "enterprise deleting", stack=True),
    _undeleted("Ask its services again", "after", "deleting", "enterprise deleting", stack=True),
    _undeleted("Open it again", "before", "deleting", "enterprise deleting", stack=True),
    _undeleted("Open it again", "after", "deleting", SILO, stack=True),
    _undeleted("Close it again", "before", "deleting", "enterprise deleting", stack=True, was="suspended"),
    _undeleted("Close it again", "after", "deleting", "enterprise suspended", stack=True, was="suspended"),
    _undeleted("Record the failure", "before", "deleting", SILO, stack=True, recorded=False),
    _undeleted("Record the failure", "after", "active", SILO, stack=True),
    _gone("Record the success", "before", "deleting", "", recorded=False),
    _gone("Record the success", "after", "deleted", "", second="delete needs a tenant that is active or"),
)
_out = Of(verb="move", told=("to", "silo"))
_stayed = Of(verb="move", told=("to", "silo"), first=("Read the comparison", "after"))
_not_led = Of(verb="move", told=("to", "silo"), first=("Serve it from the silo", "before"))
_led = Of(verb="move", told=("to", "silo"), first=("Serve it from the silo", "after"))
_LOOK = "Serve it from the silo: look again"
MOVES_TO_SILO = (
    _out("Admit", "before", "", POOL),
    _out("Admit", "after", "moving", POOL, recorded=False),
    _stayed("Serve it from the pool again", "before", "moving", "shared moving", stack=True, refuses="pool"),
    _stayed("Serve it from the pool again", "after", "moving", POOL, stack=True, refuses="pool"),
    _stayed("Accept its writes in the pool again", "before", "moving", POOL, stack=True, refuses="pool"),
    _stayed("Accept its writes in the pool again", "after", "moving", POOL, stack=True),
    _stayed("Empty its database", "before", "pooled", POOL),
    _stayed("Empty its database", "after", "pooled", POOL),
    _stayed("Remove the stack again", "before", "pooled", POOL, stack=True),
    _stayed("Remove the stack again", "after", "pooled", POOL, stack=True),
    _stayed("Forget its snapshots", "before", "pooled", POOL),
    _stayed("Forget its snapshots", "after", "pooled", POOL),
    _stayed("Record the failure", "before", "moving", POOL, recorded=False),
    _stayed("Record the failure", "after", "pooled", POOL),
    _not_led(_LOOK, "before", "moving", "shared moving", stack=True, refuses="pool"),
    _not_led(_LOOK, "after", "moving", "shared moving", stack=True, refuses="pool"),
    _led(_LOOK, "before", "moving", SILO, stack=True, refuses="pool"),
    _led(_LOOK, "after", "moving", SILO, stack=True, refuses="pool"),
    _out("Record the move", "before", "moving", SILO, stack=True, refuses="pool", recorded=False),
    _out(
        "Record the move",
        "after",
        "active",
        SILO,
        stack=True,
        refuses="pool",
        second="is in the enterprise tier already",
    ),
)
_back = Of(verb="move", told=("to", "pool"))
_kept = Of(verb="move", told=("to", "pool"), first=("Read what was compared", "before"))
_not_led_back = Of(verb="move", told=("to", "pool"), first=("Serve it from the pool", "before"))
_led_back = Of(verb="move", told=("to", "pool"), first=("Serve it from the pool", "after"))
_LOOK_BACK = "Serve it from the pool: look again"
MOVES_TO_POOL = (
    _back("Admit", "before", "active", SILO, stack=True),
    _back("Admit", "after", "moving", SILO, stack=True, recorded=False),
    _kept(
        "Serve it from the silo again", "before", "moving", "enterprise moving", stack=True, refuses="silo"
    ),
    _kept("Serve it from the silo again", "after", "moving", SILO, stack=True, refuses="silo"),
    _kept("Accept its writes in the silo again", "before", "moving", SILO, stack=True, refuses="silo"),
    _kept("Accept its writes in the silo again", "after", "moving", SILO, stack=True),
    _kept("Empty the pool of it", "before", "active", SILO, stack=True),
    _kept("Empty the pool of it", "after", "active", SILO, stack=True),
    _kept("Record the failure", "before", "moving", SILO, stack=True, recorded=False),
    _kept("Record the failure", "after", "active", SILO, stack=True),
    _not_led_back(_LOOK_BACK, "before", "moving", "enterprise moving", stack=True, refuses="silo"),
    _not_led_back(_LOOK_BACK, "after", "moving", "enterprise moving", stack=True, refuses="silo"),
    _led_back(_LOOK_BACK, "before", "moving", POOL, stack=True, refuses="silo"),
    _led_back(_LOOK_BACK, "after", "moving", POOL, stack=True, refuses="silo"),
    _back("Record the move", "before", "moving", POOL, recorded=False),
    _back("Record the move", "after", "pooled", POOL, second="is in the shared tier already"),
)


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """A step of the daily clearing that fails, for a tenant with something left in the pool."""

    step: str
    when: str
    what: str = "clear"
    first: Step | None = None
    left: bool = True
    """Whether rows, or the fence, are there still."""
    due: bool = True
    """Whether the registry says that something is left."""
    told: bool = True
    """Whether the registry says why it failed; if not, the run has failed."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that fail."""
        ours = (self.step, self.when)
        return (self.first, ours) if self.first else (ours,)

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.what}: {self.step}, {self.when}"


_CLEAR: Step = ("Clear the pool of it", "before")
CLEARINGS = (
    Clearing(step="List who is due", when="before", told=False),
    Clearing(step="List who is due", when="after", told=False),
    Clearing(step="Find its own database", when="before"),
    Clearing(step="Find its own database", when="after"),
    Clearing(step="Clear the pool of it", when="before"),
    Clearing(step="Clear the pool of it", when="after", left=False),
    Clearing(step="Record that it was cleared", when="before", left=False),
    Clearing(step="Record that it was cleared", when="after", left=False, due=False),
    Clearing(step="Record that it was not cleared", when="before", first=_CLEAR, told=False),
    Clearing(step="Record that it was not cleared", when="after", first=_CLEAR, told=False),
)
LIFTINGS = (
    Clearing(what="lift", step="Lift its fence", when="before"),
    Clearing(what="lift", step="Lift its fence", when="after", left=False),
    Clearing(what="lift", step="Record that it was lifted", when="before", left=False),
    Clearing(what="lift", step="Record that it was lifted", when="after", left=False, due=False),
)
WAVES: tuple[Step, ...] = tuple(
    (step, when) for step in ("Plan", "Change it", "Go on?") for when in ("before", "after")
)
