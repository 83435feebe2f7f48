"""Every minute: can an application log in through the pool and query, and how long does it take?

The result is a metric, for an alarm; a failing login is no error of the function. Not for a database
that pauses when idle: the probe would keep it awake.
"""

import json
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_pool.login import Pool, PoolError, select_one
from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError, logger, shielded

NAMESPACE = "Cambium/ConnectionPool"
UNITS = {"LoginFailed": "Count", "LoginSeconds": "Seconds"}


@shielded
def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Try once and write the metrics.

    The event, which the schedule sends: ``Host``, ``Port`` and ``Database`` of the pool, ``SecretArn`` of
    the role, and ``Pool``, the name its metrics have.
    """
    pool, name, arn = Pool.from_properties(event), read.text(event, "Pool"), read.text(event, "SecretArn")
    start = time.monotonic()
    values: dict[str, float] = {"LoginFailed": 0}
    try:
        select_one(pool, secret_store.read(arn))
        values["LoginSeconds"] = time.monotonic() - start
    except (PoolError, ActionableError) as error:
        # How long a failure takes says nothing about how long a login takes.
        values["LoginFailed"] = 1
        logger.error(f"no login through the pool {pool} with secret {arn}: {error}")
    print(json.dumps(_embedded(name, values)))
    return {"Pool": name, **values}


def _embedded(pool: str, values: dict[str, float]) -> dict[str, object]:
    """CloudWatch's embedded metric format; Powertools would add a dimension to the pool's own one."""
    metrics = [{"Name": name, "Unit": UNITS[name]} for name in values]
    definition = {"Namespace": NAMESPACE, "Dimensions": [["Pool"]], "Metrics": metrics}
    timestamp_ms = int(time.time() * 1000)
    return {"_aws": {"Timestamp": timestamp_ms, "CloudWatchMetrics": [definition]}, "Pool": pool, **values}
