"""What the functions that make tenants know of their tier and region."""

from typing import Any

from config.database import Database
from config.deployment import Deployment
from config.region import Region, Shard
from config.tenancy import TenantTier
from config.values import OptOut
from stacks import tenant_moves

LAST_PRIORITY = 34000
"""Listener rules of tenants count down from here, among those that compare hosts (config/doors.py)."""


def told(
    deployment: Deployment,
    tier: TenantTier,
    *,
    region: Region,
    shard: Shard,
    database: Database,
    prefix: str,
    registry: str,
    exports: str | None,
) -> dict[str, Any]:
    """What is the same for every tenant; ``runtime/tenants/settings.py`` reads it.

    Args:
        deployment: The product's environment.
        tier: The tier of the tenants.
        region: Where they are.
        shard: The one whose network and pool they share.
        database: What a tenant's database is like.
        prefix: What names of tenants' stacks begin with.
        registry: Name of the table of tenants.
        exports: Bucket of last exports, if there is one.
    """
    first = next(one for one in deployment.services if one.name in tier.services)
    return {
        "system": deployment.system,
        "environment": deployment.environment.name,
        "tier": tier.name,
        "region_key": region.key,
        "shard": shard.key,
        "residency": region.residency,
        "platform": deployment.platform,
        "sizes": [size.name for size in tier.sizes],
        "quotas": tier.quotas.model_dump(),
        "services": len(tier.services),
        "stack_prefix": prefix,
        "registry": registry,
        "routing": deployment.stack_name("routing"),
        "home_region": deployment.home.name,
        "retention_days": tier.retention_days,
        "source_kept_days": tier.source_kept_days,
        "pool_origin": tenant_moves.pool_origin(deployment, region, first),
        "owner_secret": tenant_moves.owner_secret(database),
        "moves": deployment.moves_bucket(region),
        "exports": exports or "",
        "no_exports": tier.exports.reason if isinstance(tier.exports, OptOut) else "",
        "last_priority": LAST_PRIORITY,
    }
