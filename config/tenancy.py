"""The tier whose tenants each have a database and services of their own."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.aws_limits import INSTANCE_MEMORY_GIB, InstanceClass
from config.postgres import Setting
from config.values import Model, Name, OptOut, worded

LONGEST_TENANT = 20
"""Characters of a tenant's id, at most: it is in the names of its services, which have 40."""
TOLD_OF_EACH = ("TenantId", "Size", "Image", "MigrationImage", "Serve", "Protected")
"""Parameters of a tenant's stack that say what differs from tenant to tenant."""
OF_TENANT = re.compile("|".join((*TOLD_OF_EACH, r"Priority\d+")))
"""The same with those on Fargate, one for each rule of the listener; all others are the place's."""
LIVING = {"Protected": "true"}
"""What the machines give as these to every tenant that has been made and is not being deleted."""


class TenantSize(Model):
    """How large the database of a tenant is. The name is what an operator says.

    Storage is no part of it: RDS never shrinks storage, and a change of size that failed could not be taken
    back.
    """

    name: Name
    instance_class: InstanceClass

    @property
    def memory_mib(self) -> int:
        """Memory of the instance class."""
        return INSTANCE_MEMORY_GIB[self.instance_class] * 1024


class TenantQuotas(Model):
    """What the account may have in a region. A tenant that would not fit is refused before anything exists.

    The defaults are what AWS gives a new account; raise a quota there first, then here.
    """

    database_instances: int = Field(default=40, ge=1)
    stacks: int = Field(default=2000, ge=1)
    listener_rules: int = Field(default=100, ge=1)
    target_groups: int = Field(default=100, ge=1)
    """Of one load balancer."""
    group_rules: int = Field(default=60, ge=1)
    """Outbound rules of the load balancer's security group: each service of a tenant needs one."""
    app_runner_services: int = Field(default=30, ge=1)
    free_addresses: int = Field(default=16, ge=1)
    """Addresses that must be free in every private subnet before a tenant is added to it."""


class TenantTier(Model):
    """What each tenant of the tier gets for itself, and when the tier begins to exist."""

    name: Literal["enterprise"] = "enterprise"
    """As the routing table calls it, and what reads the table knows no other."""
    since_phase: int = Field(ge=1)
    services: tuple[Name, ...] = Field(min_length=1)
    """The services a tenant runs for itself; it shares the others with everybody."""
    instances: int = Field(default=2, ge=1)
    """Instances of each of those at least; at most, as many as the service has by itself."""
    migrate: tuple[str, ...] = Field(min_length=1)
    """Brings the schema of a tenant's database up to date: a command of the first service's image."""
    sizes: tuple[TenantSize, ...] = Field(min_length=1)
    """The first is what a tenant gets when nobody says."""
    storage_gib: int = Field(default=100, ge=20, le=65536)
    """What a tenant's database begins with."""
    max_storage_gib: int = Field(default=1000, ge=22, le=65536)
    """Ceiling for storage autoscaling."""
    exports: Name | OptOut
    """Bucket into which the database of a tenant is dumped before it is deleted, encrypted with the backup
    key and readable without AWS; or why a final snapshot is enough."""
    retention_days: int = Field(default=90, ge=1, le=3650)
    """Days that the final snapshot and the export of a deleted tenant are kept."""
    source_kept_days: int = Field(default=14, ge=1, le=365)
    """Days that rows of a tenant which moved out of the pool stay there, read-only."""
    tenant_column: Annotated[str, worded(r"[a-z_][a-z0-9_]{0,62}", "the name of a column")] = "tenant_id"
    """Says in each table whose a row is."""
    tenant_setting: Setting = "app.current_tenant"
    """What row-level security reads to know the tenant."""
    quotas: TenantQuotas = TenantQuotas()

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        names = [size.name for size in self.sizes]
        if len(set(names)) != len(names):
            raise ValueError(f"tenants.sizes must have names of their own, got {', '.join(names)}")
        return self

    @model_validator(mode="after")
    def _check_storage(self) -> Self:
        # RDS asks for at least 10 % of head room before it scales storage by itself.
        if self.max_storage_gib < self.storage_gib * 1.1:
            raise ValueError(
                f"tenants.max_storage_gib must exceed storage_gib ({self.storage_gib}) by at least 10 %, "
                f"got {self.max_storage_gib}"
            )
        return self


def tenant_host(tenant: str, host: str) -> str:
    """Where a tenant's own service is called: beside the host of everybody's, under the same certificate.

    ``api.example.com`` is ``org-101-api.example.com`` for tenant ``org-101``.
    """
    return f"{tenant}-{host}"
