"""An RDS instance for one restore: made with a password nobody else ever knows, and gone afterwards."""

import math
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from database import log
from database.connection import Connection
from database.failure import JobError
from database.fresh import MAINTENANCE

LEAST_GIB = 20
"""What RDS takes at least, of gp3."""
POLL_SECONDS, POLLS = 15, 160
"""RDS takes ten minutes or so, and is given up after forty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What ``CreateDBInstance`` is told, without a password."""

    parameters: Mapping[str, Any]

    def sized(self, database_bytes: int) -> "Plan":
        """The same with room for a database: twice its size, for indexes that are built and for WAL."""
        gib = LEAST_GIB + math.ceil(2 * database_bytes / (1 << 30))
        return replace(self, parameters={**self.parameters, "AllocatedStorage": gib})

    @property
    def name(self) -> str:
        """The identifier of the instance."""
        return str(self.parameters["DBInstanceIdentifier"])


@contextmanager
def instance(plan: Plan, tls: Mapping[str, str]) -> Iterator[Connection]:
    """Make the instance; it is deleted with the block, whatever happens there.

    Raises:
        JobError: RDS refused, or it was not ready in time.
    """
    client: Any = boto3.client("rds", config=Config(retries={"mode": "standard", "max_attempts": 5}))
    password = secrets.token_urlsafe(32)
    try:
        client.create_db_instance(**plan.parameters, MasterUserPassword=password)
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"RDS made no instance {plan.name}: {_said(error, password)}") from None
    try:
        yield _ready(client, plan, password, tls)
    finally:
        _delete(client, plan)


def _ready(client: Any, plan: Plan, password: str, tls: Mapping[str, str]) -> Connection:
    try:
        client.get_waiter("db_instance_available").wait(
            DBInstanceIdentifier=plan.name, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS}
        )
        found = client.describe_db_instances(DBInstanceIdentifier=plan.name)["DBInstances"][0]
    except (ClientError, BotoCoreError, WaiterError) as error:
        raise JobError(f"instance {plan.name} did not become ready: {_said(error, password)}") from None
    parameters = {
        "host": str(found["Endpoint"]["Address"]),
        "port": str(found["Endpoint"]["Port"]),
        "user": str(plan.parameters["MasterUsername"]),
        "dbname": MAINTENANCE,
        "password": password,
        **tls,
    }
    return Connection.from_parameters(parameters, field="the instance")


def _delete(client: Any, plan: Plan) -> None:
    try:
        client.delete_db_instance(
            DBInstanceIdentifier=plan.name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
        )
    except (ClientError, BotoCoreError) as error:
        log.error("the instance could not be deleted, and costs money", instance=plan.name, why=str(error))


def _said(error: Exception, password: str) -> str:
    return " ".join(str(error).split()).replace(password, "***")
