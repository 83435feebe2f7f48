"""Custom resource DatabaseRoles: the logins of owner, applications and readers of one database.

Deleting it does nothing to the database. A role cannot be dropped while it owns tables, and
dropping those with it would turn a refactored stack into lost data; a role removed from ``Roles``
keeps its login for the same reason.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_secrets import secret_store
from connection_secrets.alternates import login_of
from connection_secrets.connection import connect
from connection_secrets.failure import logger, shielded
from connection_secrets.provision import provision
from connection_secrets.roles import DatabaseRoles, Role
from connection_secrets.scram import verifier
from connection_secrets.session import transaction

_LONGEST_WAIT_SECONDS = 300.0
_WORK_SECONDS = 30.0
"""Kept back from the function's timeout, so that a failed wait is reported and not cut off."""


@shielded
def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Create or correct the roles; see the module for Delete."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}

    asked = DatabaseRoles.from_properties(event["ResourceProperties"])
    verifiers = dict(_verifier(role) for role in asked.roles)
    master = secret_store.read(asked.master_secret_arn)
    connection = connect(asked.server, master, wait_seconds=_wait_seconds(context))
    with transaction(connection, asked.server) as session:
        provision(session, asked, verifiers)

    names = ",".join(role.name for role in asked.roles)
    logger.info(f"{asked.server} has the roles {names}")
    return {"PhysicalResourceId": f"database-roles:{asked.server}", "Data": {"Roles": names}}


def _verifier(role: Role) -> tuple[str, str]:
    """Return the login that is in use, and its verifier."""
    secret = secret_store.read(role.secret_arn)
    return login_of(role.name, secret), verifier(secret)


def _wait_seconds(context: LambdaContext) -> float:
    remaining = context.get_remaining_time_in_millis() / 1000 - _WORK_SECONDS
    return max(0.0, min(_LONGEST_WAIT_SECONDS, remaining))
