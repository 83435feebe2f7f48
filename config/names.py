"""Names that outlive every phase: stacks, secrets, repositories, buckets.

A name here is a contract. Renaming one replaces what carries it.
"""

from config.region import Region, Shard


def words(name: str) -> str:
    """``core-api`` as the construct id ``CoreApi``. Logical ids are made of it, so it never changes."""
    return "".join(part.capitalize() for part in name.split("-"))


def stack_name(
    system: str,
    environment: str,
    role: str,
    *,
    region: Region | None = None,
    shard: Shard | None = None,
) -> str:
    """``<system>-<env>[-<region key>[-<shard>]]-<role>``."""
    place = [region.key] if region else []
    place += [shard.key] if shard else []
    return "-".join([system, environment, *place, role])


def service_name(system: str, service: str, shard: Shard) -> str:
    """``<system>-<service>``: unique in a region, since a further shard adds its number."""
    return f"{system}-{service}{shard.suffix}"


def tenant_scaling_name(system: str, service: str) -> str:
    """``<system>-tenants-<service>``: how App Runner scales that service of every tenant."""
    return f"{system}-tenants-{service}"


def queue_name(system: str, queue: str, shard: Shard) -> str:
    """``<system>-<queue>``: an operator moves messages by it."""
    return f"{system}-{queue}{shard.suffix}"


def secret_name(system: str, environment: str, leaf: str, shard: Shard) -> str:
    """``<system>/<env>/<leaf>``, where a further shard adds its number to the leaf."""
    return f"{system}/{environment}/{leaf}{shard.suffix}"


def bucket_name(system: str, environment: str, purpose: str, *, account: str, region: str) -> str:
    """Bucket names are global, so account and region are part of it."""
    return f"{system}-{environment}-{purpose}-{account}-{region}"


def repository_name(system: str, service: str) -> str:
    """The ECR repository a service's images are in."""
    return f"{system}-{service}"


def routing_table_name(system: str, environment: str) -> str:
    """The table that says where each organization lives; every region has a copy under this name."""
    return f"{system}-{environment}-routing"


def shard_host(host: str, region: Region, shard: Shard) -> str:
    """``api.example.com`` as one shard answers to it: ``api-eu-2.example.com``.

    One label, so that a wildcard certificate of the domain covers it.
    """
    first, _, domain = host.partition(".")
    return f"{first}-{region.key}-{shard.key}.{domain}"
