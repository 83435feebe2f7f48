"""A product: everything about it that is the same in each of its environments."""

from typing import Self

from pydantic import Field, ValidationError, model_validator

from config.cache import Cache
from config.changes import Changes, Phase
from config.circles import check_circles
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.doors import check_doors
from config.edge import Edge
from config.environment import Environment, Platform
from config.explain import explain
from config.growth import check_growth
from config.host import SingleHost
from config.logs import JsonLogs
from config.network import Network
from config.pool import ConnectionPool
from config.recovery import DatabaseDump, RecoveryTargets
from config.references import check_accounts, check_distinct, check_references
from config.resolution import resolve
from config.routing import Routing
from config.service import Service
from config.storage import Bucket, Queue
from config.tenancy import TenantTier
from config.tenant_checks import check_tenants
from config.values import ConfigError, Model, Name
from config.zones import check_zones


class System(Model):
    """A product, described once; ``resolve`` turns it into what one environment needs in one phase."""

    name: Name
    services: tuple[Service, ...] = Field(min_length=1)
    edge: Edge
    network: Network
    phases: tuple[Phase, ...] = Field(min_length=1)
    """Phase 1 first. Each says only what it changes."""
    environments: tuple[Environment, ...] = Field(min_length=1)
    database: Database | AuroraServerless | None = Field(default=None, discriminator="kind")
    cache: Cache | None = None
    pool: ConnectionPool | None = None
    host: SingleHost | None = None
    routing: Routing | None = None
    """Which region and shard each organization is in; usually given by the phase that needs it."""
    buckets: tuple[Bucket, ...] = ()
    queues: tuple[Queue, ...] = ()
    dumps: tuple[DatabaseDump, ...] = ()
    recovery: RecoveryTargets | None = None
    private_registry: bool = False
    """Images of ours that lie elsewhere need a login, which an operator puts into the secret ``registry``."""
    hipaa: bool = False
    """Check every template with the HIPAA rule pack too."""
    audit_trail: bool = False
    """Record every AWS API call of the account with CloudTrail."""
    audit_bucket: Name | None = None
    """Where the trail is archived; left out, it has a bucket of its own."""
    service_discovery: bool = False
    """Let services find each other by name inside the network."""
    json_logs: JsonLogs | None = None
    """Services write lines of JSON: count the errors among them, and find a request by its id."""
    tenants: TenantTier | None = None
    """The tier whose tenants have a database and services of their own."""
    secret_rotation_days: int | None = Field(default=None, ge=1, le=1000)
    """Database passwords change by themselves this often, and operators are told of keys older than that."""

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        check_distinct(self)
        check_references(self)
        check_circles(self.services)
        check_accounts(self)
        check_doors(self.services, self.edge.domain)
        check_tenants(self)
        return self

    @model_validator(mode="after")
    def _check_phases(self) -> Self:
        for environment in self.environments:
            self._check_phase(environment.phase)
        check_zones(self)
        for number, phase in enumerate(self.phases, start=1):
            if "cidr" in phase.network.given():
                raise ValueError(f"phase {number} must not change network.cidr, got {phase.network.cidr}")
        return self

    def _check_phase(self, phase: int) -> None:
        last = len(self.phases)
        if not 1 <= phase <= last:
            raise ValueError(
                f"phase must be 1 to {last}: system {self.name} ends at phase {last}, got {phase}"
            )

    def environment(self, name: str) -> Environment:
        """The environment of that name.

        Raises:
            ConfigError: there is none; the message lists those there are.
        """
        for environment in self.environments:
            if environment.name == name:
                return environment
        known = ", ".join(environment.name for environment in self.environments)
        raise ConfigError(f"system {self.name} has no environment {name!r}; it has {known}")

    def resolve(
        self, environment: str, phase: int | None = None, *, platform: Platform | None = None
    ) -> Deployment:
        """What ``environment`` is in ``phase``; the phase and platform written in it unless told otherwise.

        Raises:
            ConfigError: the environment or phase does not exist, or the result breaks a rule.
        """
        chosen = self.environment(environment)
        try:
            if platform is not None:
                chosen = _moved(chosen, platform)
            number = chosen.phase if phase is None else phase
            self._check_phase(number)
            return self._grown(chosen, number)
        except ValidationError as error:
            raise ConfigError(explain(error, subject=f"{self.name} {environment}")) from error
        except ValueError as error:
            raise ConfigError(str(error)) from error

    def _grown(self, environment: Environment, number: int) -> Deployment:
        """The deployment, once every step of growth has been found safe."""
        grown = [resolve(self, environment, 1)]
        # Later phases too: a mistake in them should not wait for the day of growth.
        for later in range(2, len(self.phases) + 1):
            try:
                grown.append(resolve(self, environment, later))
            except ValueError:
                if later <= number or not self._is_sound(environment, later):
                    raise
                # What an environment changes for now, such as a smaller size on the way back, need not fit a
                # later phase; whoever asks for that phase is told.
                break
            check_growth(grown[-2], grown[-1])
        return grown[number - 1]

    def _is_sound(self, environment: Environment, number: int) -> bool:
        """Whether a phase would be accepted without what the environment changes."""
        try:
            resolve(self, environment.model_copy(update={"changes": Changes()}), number)
        except ValueError:
            return False
        return environment.changes != Changes()


def _moved(environment: Environment, platform: Platform) -> Environment:
    """The environment on ``platform``, in each of its phases."""
    changes = {**dict(environment.changes), "platform": platform}
    return Environment.model_validate({**dict(environment), "platform": platform, "changes": changes})
