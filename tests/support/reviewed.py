"""RestartiX as it was reviewed. Account, people and platform are a user's to change: no test fails for it."""

import config.systems.restartix as described
from config.alarms import Alarms
from config.environment import Environment, GitHubRepository
from config.system import System

DESCRIBED: System = described.SYSTEM
"""What the file says now."""

OWNER = {
    "account": "111122223333",
    "alarms": Alarms(emails=("alerts@restartix.com",)),
    "monthly_budget_usd": 200,
    "phase": 1,
    "platform": "app-runner",
    "app_runner_acknowledgement": "RestartiX's account has run App Runner since before 2026-04-30",
    "shell_access": False,
    "github": GitHubRepository(owner="restartix", name="platform"),
    "application": None,
    "credentials_version": 1,
}
"""What first-account tells a user to change, as it was when the templates were reviewed."""


def use_reviewed() -> None:
    """Let everybody who loads the system in this process see the reviewed one."""
    production, *others = DESCRIBED.environments
    reviewed = Environment.model_validate({**dict(production), **OWNER})
    described.SYSTEM = DESCRIBED.model_copy(update={"environments": (reviewed, *others)})
