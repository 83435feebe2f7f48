"""Certificates of deletion: what is left of a tenant that is gone, and until when."""

from collections.abc import Mapping
from typing import Any

from tenants import items


def keep(tenant: str, run: str, facts: Mapping[str, Any]) -> None:
    """Keep the certificate of a deletion, whatever becomes of the name."""
    item = {"tenant": tenant, "item": f"certificate#{run.rpartition(':')[2]}", **facts}
    items.table().put_item(Item=item)


def due(today: str) -> list[Mapping[str, Any]]:
    """Certificates whose snapshots have been kept long enough."""
    return [
        one
        for one in items.every("begins_with(#item, :certificate)", {":certificate": {"S": "certificate#"}})
        if one["snapshots_kept_until"] <= today and not one.get("snapshots_deleted_at")
    ]


def conclude(certificate: Mapping[str, Any]) -> None:
    """Write down that nothing of the tenant is left."""
    items.table().update_item(
        Key={"tenant": certificate["tenant"], "item": certificate["item"]},
        UpdateExpression="SET snapshots_deleted_at = :now",
        ExpressionAttributeValues={":now": items.now()},
    )
