"""The table behind the registry: items below the id of a tenant, in plain Python values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer

from tenants.settings import client, settings

TIME = "%Y-%m-%dT%H:%M:%SZ"
_DESERIALIZER = TypeDeserializer()


def now() -> str:
    """The time, as all records have it."""
    return datetime.now(UTC).strftime(TIME)


def table() -> Any:
    """The table."""
    return boto3.resource("dynamodb").Table(settings().registry)


def every(condition: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every item for which a condition on ``#item``, its sort key, holds."""
    pages = (
        client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=settings().registry,
            FilterExpression=condition,
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
    )
    return [_plain(item) for page in pages for item in page["Items"]]


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _DESERIALIZER.deserialize(value) for key, value in item.items()}
