"""Errors an operator can act on, and the boundary no other error text crosses."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

OnEvent = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "connection-secrets"))


class ActionableError(Exception):
    """What failed, on which host, role or secret, and what to do: built from names, never values."""


def shielded(handler: OnEvent) -> OnEvent:
    """Let only a `ActionableError` leave ``handler``, and without the errors that led to it.

    Drivers and parsers quote their input: boto3 the parameters, json the document. CloudFormation
    shows the text of an exception to everyone who may read stack events, and Lambda logs it.
    """

    @wraps(handler)
    def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            return handler(event, context)
        except ActionableError as failure:
            message = str(failure)
        except Exception as error:
            message = (
                f"unexpected {type(error).__name__} at {_place(error)}; "
                "its text is withheld because it could quote a secret"
            )
        logger.error(message)
        # Raised here, after the except blocks: "from None" would still keep the original in
        # __context__ for whoever serializes the exception.
        raise ActionableError(message)

    return on_event


def _place(error: Exception) -> str:
    frame = extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
