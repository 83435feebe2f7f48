"""The products as they were reviewed. What a user may change (account, people, platform) fails no test."""

from typing import Any

import config.systems.restartix as described
import config.systems.restartix_fargate as described_fargate
from config.alarms import Alarms
from config.environment import Environment, GitHubRepository
from config.system import System

DESCRIBED: System = described.SYSTEM
"""What the file of RestartiX says now."""

FARGATE: System = described_fargate.SYSTEM

OWNER: dict[str, Any] = {
    "alarms": Alarms(emails=("alerts@restartix.com",)),
    "phase": 1,
    "github": GitHubRepository(owner="restartix", name="platform"),
    "application": None,
    "credentials_version": 1,
}
"""What first-account tells a user to change, as it was when the templates were reviewed."""

PRODUCTION = {**OWNER, "account": "111122223333", "shell_access": False}
STAGING = {**OWNER, "account": "444455556666", "shell_access": True, "monthly_budget_usd": 100}
APP_RUNNER = {
    "monthly_budget_usd": 300,
    "platform": "app-runner",
    "app_runner_acknowledgement": "RestartiX's account has run App Runner since before 2026-04-30",
}


def use_reviewed() -> None:
    """Let everybody who loads a system in this process see the reviewed one."""
    described.SYSTEM = _reviewed(DESCRIBED, {"production": {**PRODUCTION, **APP_RUNNER}})
    described_fargate.SYSTEM = _reviewed(
        FARGATE, {"staging": STAGING, "production": {**PRODUCTION, "monthly_budget_usd": 600}}
    )


def _reviewed(system: System, owners: dict[str, dict[str, Any]]) -> System:
    environments = tuple(
        Environment.model_validate({**dict(one), **owners.get(one.name, {})}) for one in system.environments
    )
    return system.model_copy(update={"environments": environments})
