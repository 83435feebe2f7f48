"""A step of the state machine: the cause of a failed run as a sentence, for whoever started it."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from migrations.task import Log, explain

logger = Logger(service="migrations")


def on_failure(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Answer ``message`` for the ``Error`` and ``Cause`` that Step Functions caught."""
    log = Log(group=os.environ["LOG_GROUP"], prefix=os.environ["LOG_STREAM_PREFIX"])
    message = explain(
        str(event.get("Error", "")),
        str(event.get("Cause", "")),
        log=log,
        timeout_minutes=int(os.environ["TIMEOUT_MINUTES"]),
    )
    logger.error(message)
    return {"message": message}
