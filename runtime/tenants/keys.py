"""Third-party keys of a new tenant: those of everybody, until somebody gives it its own."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.failure import StepError
from tenants.settings import client

logger = Logger()


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Copy the keys that are empty in the tenant's secret; values go from one secret to another only.

    Raises:
        StepError: a secret is not there, or holds no JSON object. It never quotes one.
    """
    shared, own = _values(event["source"]), _values(event["target"])
    missing = {key: shared[key] for key in event["keys"] if shared.get(key) and not own.get(key)}
    if missing:
        client("secretsmanager").put_secret_value(
            SecretId=event["target"], SecretString=json.dumps({**own, **missing})
        )
    return {"copied": sorted(missing)}


def _values(secret: str) -> dict[str, Any]:
    manager = client("secretsmanager")
    try:
        found = json.loads(manager.get_secret_value(SecretId=secret)["SecretString"])
    except (manager.exceptions.ResourceNotFoundException, KeyError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise StepError(f"secret {secret} is not there, or holds no JSON object")
    return found
