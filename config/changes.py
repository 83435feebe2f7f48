"""What a phase or an environment changes. A field left out stays as it was."""

from pydantic import Field

from config.aws_limits import InstanceClass
from config.cache import CacheNodeType, TransitEncryption
from config.change import Change as Change
from config.database import AuroraServerless, EnhancedMonitoring, Insights
from config.edge import CertificateArn, Distribution, Dns, Firewall, HostedZoneId
from config.host import SingleHost
from config.network import NatGateways, NatInstance, NoNat
from config.platform_name import Platform
from config.pool import ConnectionPool
from config.postgres import Protection
from config.recovery import DatabaseDump
from config.region import Region
from config.routing import Routing
from config.service import Service
from config.sources import Computed
from config.values import Cidr, DomainName, FrozenMap, Model, Name


class DatabaseChange(Change):
    """Another size for the same database."""

    instance_class: InstanceClass | None = None
    storage_gib: int | None = None
    max_storage_gib: int | None = None
    storage_alarm_percent: int | None = None
    iops: int | None = None
    multi_az: bool | None = None
    max_connections: int | None = None
    read_replicas: int | None = None
    backup_days: int | None = None
    work_mem_mib: int | None = None
    enhanced_monitoring_seconds: EnhancedMonitoring | None = None
    insights: Insights | None = None
    deletion_protection: Protection | None = None


class CacheChange(Change):
    """Another size for the same cache."""

    node_type: CacheNodeType | None = None
    version: str | None = None
    replicas: int | None = None
    snapshot_days: int | None = None
    transit_encryption: TransitEncryption | None = None


class NetworkChange(Change):
    """More zones or another way out. Addresses are an environment's to change, never a phase's."""

    cidr: Cidr | None = None
    zones: int | None = None
    public_cidrs: tuple[Cidr, ...] | None = None
    private_cidrs: tuple[Cidr, ...] | None = None
    nat: NatGateways | NatInstance | NoNat | None = Field(default=None, discriminator="kind")
    flow_log_days: int | None = None


class EdgeChange(Change):
    """Another domain, zone, certificate, distribution or firewall; None takes away what may be missing."""

    dns: Dns | None = None
    domain: DomainName | None = None
    hosted_zone_id: HostedZoneId | None = None
    zone: DomainName | None = None
    certificate_arn: CertificateArn | None = None
    distribution: Distribution | None = None
    firewall: Firewall | None = None
    failover_to: DomainName | None = None


class ScalingChange(Change):
    """Other bounds or triggers for the same service."""

    min: int | None = None
    max: int | None = None
    concurrency: int | None = None
    cpu_percent: int | None = None
    in_cpu_percent: int | None = None
    out_cooldown_seconds: int | None = None
    in_cooldown_seconds: int | None = None
    rollout_percent: int | None = None
    backlog_per_task: int | None = None


class ServiceChange(Change):
    """Another size, other bounds or other doors for the same service."""

    cpu: int | None = None
    memory_mib: int | None = None
    scaling: ScalingChange = ScalingChange()
    database_pool: int | None = None
    replica_pool: int | None = None
    spot: bool | None = None
    tracing: bool | None = None
    hosts: tuple[DomainName, ...] | None = None
    environment: FrozenMap[str | Computed] = Field(default_factory=dict, validate_default=True)
    """Values that differ; the others stay."""


class Changes(Model):
    """Everything a phase or an environment may change."""

    database: DatabaseChange = DatabaseChange()
    cache: CacheChange = CacheChange()
    network: NetworkChange = NetworkChange()
    edge: EdgeChange = EdgeChange()
    services: FrozenMap[ServiceChange] = Field(default_factory=dict, validate_default=True)
    """By service name."""
    aurora: AuroraServerless | None = None
    """Run this environment on Aurora Serverless instead of an instance, from its first deploy."""
    pool: ConnectionPool | None = None
    host: SingleHost | None = None
    platform: Platform | None = None
    """Run the services elsewhere from here on; what holds data stays where it is."""
    routing: Routing | None = None
    dumps: tuple[DatabaseDump, ...] | None = None
    """All of them; an empty tuple is none."""
    regions: tuple[Region, ...] | None = None
    """Every region of the phase, the earlier ones included."""
    log_days: int | None = Field(default=None, ge=1)
    monthly_budget_usd: int | None = Field(default=None, ge=1)


class Phase(Changes):
    """A step of growth: what it adds to the phase before it."""

    title: str = Field(min_length=3)
    """When a team is there, such as "10 to 50 clinics"."""


def change_services(
    services: tuple[Service, ...], changes: FrozenMap[ServiceChange], *, source: str
) -> tuple[Service, ...]:
    """Apply changes by service name; a name that no service has is refused."""
    known: list[Name] = [service.name for service in services]
    for name in changes:
        if name not in known:
            raise ValueError(f"{source} changes service {name!r}, which is not one of {', '.join(known)}")
    return tuple(
        changes[service.name].onto(service) if service.name in changes else service for service in services
    )
