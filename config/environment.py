"""One environment of a product: an account, a place, a phase, and who answers for it."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from config.alarms import Alarms, NoAlarms
from config.changes import Changes
from config.platform_name import Platform as Platform
from config.region import Region
from config.schedule import NoDeploys, Schedule
from config.usage import Usage
from config.values import Model, Name, RegionCode, either, worded
from config.watching import ContainerInsights, NoOutsideChecks, OutsideChecks

SOMEBODY = 'Alarms(emails=("you@example.com",))'
NOBODY = 'NoAlarms(reason="...")'
ASKED = 'OutsideChecks() or NoOutsideChecks(reason="...")'
MEASURED = '"standard", "enhanced" or NoContainerInsights(reason="...")'


ProviderArn = Annotated[
    str,
    worded(
        r"arn:aws[a-z-]*:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com",
        "the ARN of GitHub's identity provider in this account",
    ),
]


class GitHubRepository(Model):
    """The repository whose workflows may deploy.

    The ids are in the subject of repositories created or renamed since 2026-07-15; without them only
    older repositories are trusted.
    """

    owner: Annotated[str, worded(r"[A-Za-z0-9][A-Za-z0-9-]*", "a GitHub user or organization")]
    name: Annotated[str, worded(r"[A-Za-z0-9_.-]+", "the name of a GitHub repository, without its owner")]
    owner_id: int | None = None
    repository_id: int | None = None
    provider_arn: ProviderArn | None = None
    """Where the account trusts GitHub already: an account takes the provider once, and refuses a second."""

    def subjects(self, *claims: str) -> tuple[str, ...]:
        """The token subjects to trust: GitHub's older shape, and the one with ids where they are known."""
        names = [f"{self.owner}/{self.name}"]
        if self.owner_id and self.repository_id:
            names.append(f"{self.owner}@{self.owner_id}/{self.name}@{self.repository_id}")
        return tuple(f"repo:{name}:{claim}" for name in names for claim in claims)


class Environment(Model):
    """An environment, selected by ``-c env=``."""

    name: Name
    account: Annotated[str, worded(r"\d{12}", "the twelve digits of an AWS account, in quotes")]
    regions: tuple[Region, ...] = Field(min_length=1)
    """The first is home. A phase may add others."""
    recovery_region: RegionCode | None = None
    """Where copies of buckets go; never a region that serves. Needed where a bucket has a copy."""
    phase: int = Field(ge=1)
    """The number that grows."""
    production: bool
    """Real users depend on it: alarms are compulsory and protections stay on."""
    alarms: Annotated[Alarms | NoAlarms, either(f"{SOMEBODY} or {NOBODY}")]
    outside_checks: Annotated[OutsideChecks | NoOutsideChecks, either(ASKED)] = OutsideChecks()
    """Who asks from outside whether services are well; nobody does where ``alarms`` tells nobody."""
    container_insights: Annotated[ContainerInsights, either(MEASURED)] = "standard"
    monthly_budget_usd: int = Field(ge=1)
    usage: Usage = Field(default_factory=Usage)
    """What ``cambium cost`` assumes where no template says how much is used."""
    log_days: int = Field(default=90, ge=1)
    platform: Platform = "fargate"
    app_runner_acknowledgement: str | None = None
    """App Runner takes no new AWS customers since 2026-04-30. A team whose account already uses it
    says so here, in words; anybody else stays on Fargate."""
    shell_access: bool = False
    """ECS Exec: a shell inside running tasks."""
    schedule: Schedule | None = None
    no_deploys: tuple[NoDeploys, ...] = ()
    """When a deployment is refused unless somebody overrides it, such as on Friday afternoon."""
    github: GitHubRepository | None = None
    application: GitHubRepository | None = None
    """The repository whose workflow releases images, where it is not ``github``."""
    credentials_version: int = Field(default=1, ge=1)
    """Raised by one after a password was changed: roles and connection URLs are then written again."""
    changes: Changes = Field(default_factory=Changes)
    """What differs from the phase, for this environment only."""

    @model_validator(mode="before")
    @classmethod
    def _check_alarms_given(cls, given: Any) -> Any:
        if isinstance(given, dict) and "alarms" not in given:
            raise ValueError(
                f"alarms of environment {given.get('name')} must be given: {SOMEBODY}, or {NOBODY} "
                "where nobody is to be woken"
            )
        return given

    @model_validator(mode="after")
    def _check_alarms(self) -> Self:
        if self.production and isinstance(self.alarms, NoAlarms):
            raise ValueError(
                f"alarms of production environment {self.name} must name somebody: {SOMEBODY}, got NoAlarms"
            )
        return self

    @model_validator(mode="after")
    def _check_schedule(self) -> Self:
        if self.production and self.schedule is not None:
            raise ValueError(
                f"schedule of production environment {self.name} must be left out, since users would find it "
                f"asleep, got sleep {self.schedule.sleep}"
            )
        return self

    @model_validator(mode="after")
    def _check_platform(self) -> Self:
        if self.platform == "app-runner" and not self.app_runner_acknowledgement:
            raise ValueError(
                f"platform of environment {self.name} is app-runner, which takes no new AWS customers "
                "since 2026-04-30: set app_runner_acknowledgement to a sentence saying that this account "
                'already uses it, or platform to "fargate"'
            )
        return self
