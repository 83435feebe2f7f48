"""Databases that are stopped and started through RDS: the PostgreSQL behind one stops and starts with it.

MiniStack takes an instance for stopped, or for started, whatever it was before; here it is refused as on AWS,
and both take a moment. What RDS does by itself after seven days is what ``StartDBInstance`` does.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.services import rds

from emulator.postgres.databases import Databases

MOMENT_SECONDS = 0.3
Request = Mapping[str, Any]

_single_instance_response: Any = rds._single_instance_response
_resolve_instance: Any = rds._resolve_instance
_start_cluster: Any = rds._start_db_cluster
_stop_cluster: Any = rds._stop_db_cluster


def install(databases: Databases) -> None:
    """Stop and start servers from now on."""
    rds._ACTION_MAP["StopDBInstance"] = lambda request: _instance(
        "StopDBInstance", request, "available", "stopping", "stopped", databases.halt
    )
    rds._ACTION_MAP["StartDBInstance"] = lambda request: _instance(
        "StartDBInstance", request, "stopped", "starting", "available", databases.resume
    )
    rds._ACTION_MAP["StopDBCluster"] = lambda request: _cluster(
        _stop_cluster, request, "stopping", "stopped", databases.halt
    )
    rds._ACTION_MAP["StartDBCluster"] = lambda request: _cluster(
        _start_cluster, request, "starting", "available", databases.resume
    )


def _instance(
    action: str, request: Request, when: str, meanwhile: str, then: str, act: Callable[[str], None]
) -> Any:
    name = rds._p(request, "DBInstanceIdentifier")
    record = _resolve_instance(name)
    if record is None:
        return rds._error("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    refusal = _refusal(record, when)
    if refusal:
        return rds._error("InvalidDBInstanceState", f"DBInstance {name} {refusal}", 400)
    record["DBInstanceStatus"] = meanwhile
    answer = _single_instance_response(f"{action}Response", f"{action}Result", record)
    _later(act, record["DBInstanceArn"], lambda: record.update(DBInstanceStatus=then))
    return answer


def _refusal(record: Mapping[str, Any], when: str) -> str | None:
    if record["DBInstanceStatus"] != when:
        return f"is in {record['DBInstanceStatus']} state but expected it to be {when}."
    if record.get("DBClusterIdentifier"):
        return "is a member of a cluster; stop the cluster."
    # MiniStack keeps the names of replicas that are gone.
    replicas = [
        name for name in record.get("ReadReplicaDBInstanceIdentifiers", []) if _resolve_instance(name)
    ]
    if replicas or record.get("ReadReplicaSourceDBInstanceIdentifier"):
        return "has, or is, a read replica."
    return None


def _cluster(change: Any, request: Request, meanwhile: str, then: str, act: Callable[[str], None]) -> Any:
    answer = change(request)
    if answer[0] == 200:
        record = rds._resolve_cluster_in_request_region(rds._p(request, "DBClusterIdentifier"))
        record["Status"] = meanwhile
        _later(act, record["DBClusterArn"], lambda: record.update(Status=then))
    return answer


def _later(act: Callable[[str], None], arn: str, done: Callable[[], None]) -> None:
    def run() -> None:
        time.sleep(MOMENT_SECONDS)
        act(arn)
        done()

    spawn_background(run, thread_name="embedded-database")
