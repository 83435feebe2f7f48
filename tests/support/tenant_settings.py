"""What functions of tenants are told, for tests that call them without a deployment."""

from typing import Any

from tenants.settings import Settings


def told(system: str, **told: Any) -> Settings:
    """The settings of a tier of one service on Fargate, but for what is said."""
    usual = {
        "system": system,
        "environment": "production",
        "tier": "enterprise",
        "region_key": "eu",
        "shard": "1",
        "residency": "EU",
        "platform": "fargate",
        "sizes": ("large", "xlarge"),
        "quotas": {},
        "services": 1,
        "stack_prefix": f"{system}-production-eu-tenant-",
        "registry": f"{system}-production-eu-tenants",
        "routing": f"{system}-production-routing",
        "home_region": "eu-central-1",
        "retention_days": 90,
        "source_kept_days": 14,
        "pool_origin": "api.clinic.example",
        "owner_secret": "RoleSecretClinicOwner",
        "moves": f"{system}-moves",
        "exports": "",
        "no_exports": "none",
        "last_priority": 34000,
        "place": {},
    }
    return Settings(**{**usual, **told})
