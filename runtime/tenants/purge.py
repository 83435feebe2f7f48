"""Ends the retention of deleted tenants: once a day, snapshots and exports kept long enough go."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from tenants import certificates, export, items
from tenants.failure import StepError
from tenants.settings import client

logger = Logger()


@logger.inject_lambda_context
def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete what certificates name and date, and write down that it was done.

    Raises:
        StepError: names whose snapshots or exports could not be deleted, once all others' are.
    """
    deleted, exports, failed = list[str](), list[str](), dict[str, str]()
    for certificate in certificates.due(items.now()[:10]):
        try:
            deleted += _snapshots(certificate)
            exports += _exports(certificate)
        except (ClientError, StepError) as error:
            # Of the others nothing is kept for longer because of one.
            failed[str(certificate["tenant"])] = str(error)
        else:
            certificates.conclude(certificate)
    logger.info("retention is over", extra={"snapshots": deleted, "exports": exports})
    if failed:
        told = "; ".join(f"{tenant}: {why}" for tenant, why in failed.items())
        raise StepError(f"something of tenants whose retention is over could not be deleted: {told}")
    return {"deleted": deleted, "exports": exports}


def _snapshots(certificate: Mapping[str, Any]) -> list[str]:
    rds = client("rds")
    for name in certificate["snapshots"]:
        with suppress(rds.exceptions.DBSnapshotNotFoundFault):
            rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    return list(certificate["snapshots"])


def _exports(certificate: Mapping[str, Any]) -> list[str]:
    whole = [one["key"] for one in certificate.get("exports", [])]
    for name in {*(key.rpartition("/")[0] for key in whole), *certificate.get(export.NAMES, [])}:
        export.remove(name)
    return whole
