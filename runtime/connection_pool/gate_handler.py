"""Custom resource PoolGate: a deployment goes on only if an application can work through the pool.

The containers' own check does not ask the database. A wrong certificate authority or verifier shows
only here, and otherwise when the first application starts. While CloudFormation rolls back it says yes
unasked: a pool that goes back to passwords the database no longer has would leave the stack stuck.
"""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_pool.cloudformation import stack_status
from connection_pool.login import Pool, PoolError, select_one
from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError, logger, shielded
from connection_secrets.properties import Properties

_LONGEST_WAIT_SECONDS = 240.0
_ATTEMPT_SECONDS = 30.0
"""Kept back from the function's timeout: one attempt may take that long, and its result is reported."""

_PAUSE_SECONDS = 3


@shielded
def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Try until it works or time is over; there is nothing to delete.

    Properties: ``Host``, ``Port`` and ``Database`` of the pool, ``SecretArn`` of the role's ``username``
    and ``password``, and optionally ``Log``, the log group to read when it fails.
    """
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}

    properties: Properties = event["ResourceProperties"]
    status = stack_status(event["StackId"])
    if "ROLLBACK" in status:
        logger.info(f"nothing is asked: the stack is {status}")
        return {"PhysicalResourceId": f"pool-gate:{Pool.from_properties(properties)}"}
    pool = Pool.from_properties(properties)
    arn = read.text(properties, "SecretArn")
    reason = _wait(pool, arn, _wait_seconds(context))
    if reason:
        log = read.optional_text(properties, "Log") or "of the pool's containers"
        raise ActionableError(
            f"SELECT 1 through the pool {pool} with secret {arn} never worked ({reason}). Likely causes: the "
            "database's certificate is not of the authority the containers have, the role's password "
            "changed after its verifier was given to them, or a security group is closed between "
            f"this function, the load balancer, the containers and the database; read the log {log}"
        )
    logger.info(f"the pool {pool} works")
    return {"PhysicalResourceId": f"pool-gate:{pool}"}


def _wait(pool: Pool, arn: str, wait_seconds: float) -> str:
    """Return why it did not work the last time, or nothing once it did."""
    secret = secret_store.read(arn)
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            select_one(pool, secret)
        except PoolError as error:
            reason = str(error)
        else:
            return ""
        if time.monotonic() + _PAUSE_SECONDS > deadline:
            return reason
        logger.info(f"the pool {pool} does not work yet ({reason})")
        time.sleep(_PAUSE_SECONDS)


def _wait_seconds(context: LambdaContext) -> float:
    remaining = context.get_remaining_time_in_millis() / 1000 - _ATTEMPT_SECONDS
    return max(0.0, min(_LONGEST_WAIT_SECONDS, remaining))
