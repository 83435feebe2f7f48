"""Ends the retention of deleted tenants: once a day, snapshots and exports kept long enough go."""

from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import certificates, export, items
from tenants.settings import client

logger = Logger()


@logger.inject_lambda_context
def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete what certificates name and date, and write down that it was done."""
    rds, deleted, exports = client("rds"), list[str](), list[str]()
    for certificate in certificates.due(items.now()[:10]):
        for name in certificate["snapshots"]:
            with suppress(rds.exceptions.DBSnapshotNotFoundFault):
                rds.delete_db_snapshot(DBSnapshotIdentifier=name)
            deleted.append(name)
        for one in certificate.get("exports", []):
            export.remove(one["key"].rpartition("/")[0])
            exports.append(one["key"])
        certificates.conclude(certificate)
    logger.info("retention is over", extra={"snapshots": deleted, "exports": exports})
    return {"deleted": deleted, "exports": exports}
