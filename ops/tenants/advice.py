"""What to type next, where an operation on a tenant was refused, failed, or goes on unwatched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ops.assembly.target import COMMAND

CORRECT = "correct what it says, then run this again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """About one operation. It reads the registry only when something was refused."""

    operation: str
    told: Mapping[str, Any]
    """What was asked for."""
    options: str
    """Those that name the deployment."""
    known: Callable[[], Mapping[str, Any]]
    """What the registry says of the tenant now, and as ``busy`` whether a run is at it."""

    @property
    def tenant(self) -> str:
        """Whom it is about; nobody, of a wave."""
        return str(self.told.get("tenant", ""))

    @property
    def unwatched(self) -> str:
        """Of a run that nobody waits for any more."""
        if not self.tenant:
            return f"{self._command('skew')} says who has it by now; do not start it again meanwhile"
        return f"{self._show} says how it ended; do not start it again before"

    @property
    def again(self) -> str:
        """Of a run that failed or was stopped."""
        if not self.tenant:
            return f"run this again to go on; {self._command('skew')} says who has it by now"
        return f"run this again once the cause is gone; {self._show} says what is there"

    def refused(self) -> str:
        """Of a run that was refused: the command that leads on, where the registry tells which."""
        known = self.known()
        if known.get("busy"):
            return f"{self._show} says which run it is, and when it has ended"
        match self.operation, known.get("state"):
            case "create", "active":
                return f"{self._command('update')} gives it another --image or --size"
            case "create", "suspended":
                return f"{self._command('resume')} serves it again"
            case "delete", "active" | "suspended":
                return self._of_deletion(known)
        return CORRECT

    def _of_deletion(self, known: Mapping[str, Any]) -> str:
        if self.told.get("confirm") != self.tenant:
            return f"{self._command('delete', f'--confirm {self.tenant}')} confirms it"
        if known.get("source_read_only_until"):
            return f"{self._command('clear')} deletes what it left in the pool; then run this again"
        return CORRECT

    @property
    def _show(self) -> str:
        return self._command("show")

    def _command(self, verb: str, more: str = "") -> str:
        words = [COMMAND, "tenant", verb, self.tenant, self.options, more]
        return " ".join(word for word in words if word)
