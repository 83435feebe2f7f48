"""Answers the Worker: where does this organization live? Reads the copy of the table in its own region.

Who may ask is IAM's business: AWS refuses a request that is not signed before this runs.
"""

import json
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from routing.entry import valid_organization
from routing.table import Table

logger = Logger()
app = LambdaFunctionUrlResolver()


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request of the function's URL."""
    return app.resolve(event, context)


@app.get("/organization")
def organization() -> Response[str]:
    """The entry of the organization that the request names."""
    name = app.current_event.get_query_string_value("id", "")
    if not valid_organization(name):
        logger.warning("a look-up of something that cannot be an organization was refused")
        return _answer(400, error="malformed")
    entry = _table().read(name)
    return _answer(200, **entry.to_json()) if entry else _answer(404, error="unknown")


@cache
def _table() -> Table:
    return Table(boto3.client("dynamodb"), os.environ["ROUTING_TABLE"])


def _answer(status: int, **body: object) -> Response[str]:
    return Response(status_code=status, content_type="application/json", body=json.dumps(body))
