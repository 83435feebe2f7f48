"""Does something once for one key, whoever asks again: Powertools' idempotency, kept beside the registry.

A record goes by itself: DynamoDB deletes it some time after it has expired.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.settings import client, settings

PARTITION = "#once"
"""Partition key of the records; no tenant can have such an id."""
EXPIRES = "expires_at"
"""Attribute by which DynamoDB deletes them."""
Answer = dict[str, Any]


def once(
    what: str, key: str, content: str, act: Callable[[], Answer], *, seconds: int, context: LambdaContext
) -> Answer:
    """What ``act`` answers, or what it answered when this key was last used.

    An ``act`` that fails leaves no record, so that it may be tried again.

    Args:
        what: Kind of thing that is done; keys of two kinds never meet.
        key: What a repeat has in common with the first.
        content: What must be the same besides; a key is for one content.
        act: Does it. Its answer is kept, so there is no secret in it.
        seconds: How long a repeat is known as one.
        context: Lambda's own; a call that was cut off holds a key no longer than it could have run.

    Raises:
        IdempotencyAlreadyInProgressError: another call with the key is under way.
        IdempotencyValidationError: the key was used for another content.
    """
    store = DynamoDBPersistenceLayer(
        settings().registry,
        key_attr="tenant",
        static_pk_value=PARTITION,
        sort_key_attr="item",
        expiry_attr=EXPIRES,
        boto3_client=client("dynamodb"),
    )
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="content",
        expires_after_seconds=seconds,
        lambda_context=context,
    )

    @idempotent_function(  # type: ignore[untyped-decorator]
        data_keyword_argument="asked", persistence_store=store, config=config, key_prefix=what
    )
    def act_once(*, asked: dict[str, str]) -> Answer:
        return act()

    return dict(act_once(asked={"key": key, "content": content}))
