"""Ends the retention of deleted tenants: once a day, snapshots that have been kept long enough go."""

from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import certificates, items
from tenants.settings import client

logger = Logger()


@logger.inject_lambda_context
def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete the snapshots that certificates name and date, and write down that it was done."""
    rds, deleted = client("rds"), list[str]()
    for certificate in certificates.due(items.now()[:10]):
        for name in certificate["snapshots"]:
            with suppress(rds.exceptions.DBSnapshotNotFoundFault):
                rds.delete_db_snapshot(DBSnapshotIdentifier=name)
            deleted.append(name)
        certificates.conclude(certificate)
    logger.info("retention is over", extra={"snapshots": deleted})
    return {"deleted": deleted}
