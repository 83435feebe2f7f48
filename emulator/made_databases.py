"""Databases that are made and deleted through RDS's API instead of a template: they get a PostgreSQL too.

As on AWS they are being created for a moment, and have an endpoint once they are available.
"""

from collections.abc import Mapping
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.services import rds

from emulator.postgres.databases import PORT, Databases
from emulator.postgres.server import Credentials

Request = Mapping[str, Any]

_create: Any = rds._ACTION_MAP["CreateDBInstance"]
_delete: Any = rds._ACTION_MAP["DeleteDBInstance"]


def install(databases: Databases) -> None:
    """Start and end servers from now on."""
    rds._ACTION_MAP["CreateDBInstance"] = lambda request: _made(request, databases)
    rds._ACTION_MAP["DeleteDBInstance"] = lambda request: _deleted(request, databases)


def _made(request: Request, databases: Databases) -> Any:
    answer = _create(request)
    record = rds._resolve_instance(rds._p(request, "DBInstanceIdentifier"))
    if answer[0] != 200 or record["Engine"] != "postgres":
        return answer
    record["DBInstanceStatus"] = "creating"
    credentials = Credentials(
        user=record["MasterUsername"],
        password=record["_MasterUserPassword"],
        database=rds._p(request, "DBName") or None,
    )

    def start() -> None:
        port = int(rds._p(request, "Port") or PORT)
        made = databases.ensure(record["DBInstanceArn"], record["EngineVersion"], credentials, port)
        record["Endpoint"].update(Address=made.address, Port=made.port)
        record["DBInstanceStatus"] = "available"

    spawn_background(start, thread_name="embedded-database")
    return answer


def _deleted(request: Request, databases: Databases) -> Any:
    record = rds._resolve_instance(rds._p(request, "DBInstanceIdentifier"))
    answer = _delete(request)
    if answer[0] == 200 and record is not None:
        gone = record["DBInstanceArn"]
        spawn_background(
            lambda: databases.keep_only(lambda arn: arn != gone), thread_name="embedded-database"
        )
    return answer
