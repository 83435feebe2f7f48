"""What a command was asked to work on: a system, an environment, and a phase to try."""

from dataclasses import dataclass

from config.catalog import load_system
from config.deployment import Deployment
from config.environment import Platform

COMMAND = ".venv/bin/cambium"
"""As a person types it who has activated nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """The options that every command about a deployment takes."""

    system: str
    environment: str
    phase: int | None = None
    platform: Platform | None = None

    def resolve(self) -> Deployment:
        """The deployment, checked.

        Raises:
            ConfigError: there is no such thing, or it breaks a rule.
        """
        return load_system(self.system).resolve(self.environment, self.phase, platform=self.platform)

    @property
    def context(self) -> dict[str, str]:
        """The CDK context that selects it."""
        chosen = {"system": self.system, "env": self.environment}
        if self.phase is not None:
            chosen["phase"] = str(self.phase)
        if self.platform is not None:
            chosen["platform"] = self.platform
        return chosen

    @property
    def options(self) -> str:
        """The options of a ``cambium`` command about the same thing."""
        words = [f"--system {self.system} --env {self.environment}"]
        words += [f"--phase {self.phase}"] if self.phase is not None else []
        words += [f"--platform {self.platform}"] if self.platform is not None else []
        return " ".join(words)

    @property
    def command_up(self) -> str:
        """What deploys it, as a person types it who has activated nothing."""
        return f"{COMMAND} up {self.options}"

    def assembly_name(self, phase: int) -> str:
        """The folder of its assembly."""
        return "-".join(
            [self.system, self.environment, str(phase), *([self.platform] if self.platform else [])]
        )
