"""Snapshots of a tenant's database: the last one of a deleted tenant, and none of one that never was."""

from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.failure import StepError
from tenants.items import TIME
from tenants.registry import read, remember
from tenants.routing import USED
from tenants.settings import client

logger = Logger()


@logger.inject_lambda_context
def take(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take the final snapshot, or look how far it is.

    Raises:
        StepError: RDS could not take it.
    """
    rds, name = client("rds"), event["snapshot"]
    try:
        found = rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    except rds.exceptions.DBSnapshotNotFoundFault:
        return _begin(event)
    if found["Status"] == "failed":
        raise StepError(f"RDS could not take snapshot {name} of {event['database']}")
    return {"status": "done" if found["Status"] == "available" else "wait", "snapshot": name}


def _begin(event: dict[str, Any]) -> dict[str, Any]:
    rds = client("rds")
    try:
        rds.create_db_snapshot(
            DBSnapshotIdentifier=event["snapshot"],
            DBInstanceIdentifier=event["database"],
            Tags=[{"Key": "cambium:tenant", "Value": event["tenant"]}],
        )
    except rds.exceptions.DBInstanceNotFoundFault:
        # An earlier run has come further than this: its snapshot is the last.
        return {"status": "done", "snapshot": str(read(event["tenant"]).facts.get("final_snapshot", ""))}
    remember(event["tenant"], {"final_snapshot": event["snapshot"]})
    return {"status": "wait", "snapshot": event["snapshot"]}


@logger.inject_lambda_context
def forget(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete the snapshots of a database that no tenant ever used.

    Raises:
        StepError: somebody has used it, so there may be something in them.
    """
    known = read(event["tenant"]).facts
    if known.get(USED):
        raise StepError(f"tenant {event['tenant']} may have been used: its snapshots are kept")
    names = since(event["database"], str(known["created_at"]))
    for name in names:
        client("rds").delete_db_snapshot(DBSnapshotIdentifier=name)
    return {"deleted": names}


def since(database: str, moment: str) -> list[str]:
    """Snapshots of a database that are younger than a moment: an older tenant may have had its name."""
    found = client("rds").describe_db_snapshots(DBInstanceIdentifier=database, SnapshotType="manual")
    return [
        one["DBSnapshotIdentifier"]
        for one in found["DBSnapshots"]
        if one["SnapshotCreateTime"].strftime(TIME) >= moment
    ]


@logger.inject_lambda_context
def drop(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete the snapshot of a deletion that was taken back."""
    rds = client("rds")
    with suppress(rds.exceptions.DBSnapshotNotFoundFault):
        rds.delete_db_snapshot(DBSnapshotIdentifier=event["snapshot"])
    remember(event["tenant"], {"final_snapshot": ""})
    return {}
