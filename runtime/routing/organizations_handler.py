"""Places, shows, suspends and resumes organizations, as an operator or the product's sign-up asks.

Who may ask is IAM's business: nobody but AWS calls a function without the right to.
"""

import json
import os
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError, Schema, among, check, only, text
from routing.entry import RESIDENCIES, TENANT_VALUE, TENANT_VALUE_WORDS, Entry
from routing.organizations import Organizations
from routing.placement import Place

logger = Logger()
STATES = {"suspend": "suspended", "resume": "active"}
OPERATIONS = ("place", "show", "list", *STATES)
Answer = dict[str, Any]


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> Answer:
    """Answer the organization or organizations, or under ``refused`` why nothing was done."""
    try:
        check(event, _schema(event.get("operation")))
        return _do(event)
    except RefusedError as refusal:
        return {"refused": str(refusal)}


def _do(event: dict[str, Any]) -> Answer:
    operation, organizations = event["operation"], _organizations()
    if operation == "list":
        return {"organizations": [_shown(one) for one in organizations.every()]}
    name = event["organization"]
    if operation == "place":
        return _told(organizations.place(name, event["residency"], event.get("tenant_value", "")))
    if operation == "show":
        return _told(organizations.show(name))
    return _told(organizations.become(name, STATES[operation]))


def _told(entry: Entry) -> Answer:
    shown = _shown(entry)
    logger.info("an organization", extra={name: shown[name] for name in ("region", "shard", "state")})
    return {"entry": shown}


def _shown(entry: Entry) -> Answer:
    """What an operator sees: with what moves are told, where somebody said it."""
    return {**entry.to_json(), **({"tenant_value": entry.tenant_value} if entry.tenant_value else {})}


def _schema(operation: object) -> Schema:
    needs = {"list": [], "place": ["organization", "residency"]}.get(str(operation), ["organization"])
    fields = {
        "operation": among("operation", OPERATIONS),
        "organization": {
            **text("organization must be 1 to 63 letters, digits, _ and -, beginning with a letter or digit"),
            "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$",
        },
        "residency": among("residency", RESIDENCIES),
    }
    if operation == "place":
        fields["tenant_value"] = {**text(TENANT_VALUE_WORDS), "pattern": f"^{TENANT_VALUE}$"}
    return only(fields, required=["operation", *needs])


@cache
def _organizations() -> Organizations:
    places = [Place(*one) for one in json.loads(os.environ["PLACES"])]
    return Organizations(boto3.client("dynamodb"), os.environ["ROUTING_TABLE"], places)
