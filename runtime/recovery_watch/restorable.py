"""How far behind now the latest moment is that RDS could restore a database to: what a restore would lose."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

AT_REST = ("stopping", "stopped", "starting")
"""Nobody can write, so a restore would lose nothing, however long ago the last log was uploaded."""


def lag_minutes(rds: Any, *, kind: str, identifier: str) -> float | None:
    """Minutes of writes that a restore to the latest moment would lose; None where RDS has no such moment.

    Args:
        rds: A client of its region.
        kind: ``instance`` or ``cluster``.
        identifier: Its name.

    Raises:
        ClientError: there is no such database, or it may not be asked about.
    """
    found, status = _describe(rds, kind, identifier)
    if found[status] in AT_REST:
        return 0.0
    latest: datetime | None = found.get("LatestRestorableTime")
    return None if latest is None else max((datetime.now(UTC) - latest).total_seconds() / 60, 0.0)


def _describe(rds: Any, kind: str, identifier: str) -> tuple[Mapping[str, Any], str]:
    if kind == "cluster":
        return rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0], "Status"
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0], "DBInstanceStatus"
