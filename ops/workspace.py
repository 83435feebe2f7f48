"""Where the commands find the checkout, and the only folder they write to."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """A checkout. Everything the commands write lies under its ``.cambium``."""

    root: Path

    @property
    def state(self) -> Path:
        """The folder of all that is not in git."""
        return self.root / ".cambium"

    @property
    def bin(self) -> Path:
        """The virtual environment's commands, the pinned ``node`` among them."""
        return self.root / ".venv" / "bin"

    @property
    def node_modules(self) -> Path:
        """The pinned Node tools."""
        return self.root / "node_modules"

    @property
    def home(self) -> Path:
        """The home folder of every program we start."""
        return self.state / "home"

    @property
    def emulator_state(self) -> Path:
        """Who our embedded AWS is."""
        return self.state / "emulator.json"

    @property
    def emulator_log(self) -> Path:
        """What our embedded AWS says."""
        return self.state / "emulator.log"

    @property
    def emulator_data(self) -> Path:
        """What our embedded AWS holds."""
        return self.state / "emulator-data"

    @property
    def emulator_audit(self) -> Path:
        """Which template properties our embedded AWS did not look at."""
        return self.state / "emulator-audit.jsonl"

    @property
    def deploy_log(self) -> Path:
        """Everything the CDK CLI said during the last deploy."""
        return self.state / "deploy.log"

    @property
    def timings(self) -> Path:
        """Seconds of each step of the last ``up``."""
        return self.state / "timings.json"

    def assembly(self, name: str) -> Path:
        """The cloud assembly of that name."""
        return self.state / "out" / name


def here() -> Workspace:
    """The checkout this file is in."""
    return Workspace(Path(__file__).parents[1])
