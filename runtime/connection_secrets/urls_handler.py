"""Custom resource ConnectionUrls: complete URLs in the secret an application reads.

Keys nobody declared and keys an operator fills in are never touched, a generated one is made once, and
deleting the resource leaves the secret alone: these values exist nowhere else.
"""

import secrets
import string
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError, logger, shielded
from connection_secrets.properties import Properties
from connection_secrets.urls import Url, parse

_ATTEMPTS = 5
_SHORTEST_KEY, _LONGEST_KEY = 32, 4096
_ALPHABET = string.ascii_letters + string.digits
"""Of generated keys: nothing that a shell, a URL or a file of settings reads as something else."""


@shielded
def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compose the URLs and store them; see the module for Delete."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}

    properties: Properties = event["ResourceProperties"]
    version_id, missing = write(properties)
    return {
        "PhysicalResourceId": f"connection-urls:{read.text(properties, 'TargetSecretArn')}",
        "Data": {"VersionId": version_id, "MissingKeys": missing},
    }


def write(properties: Properties) -> tuple[str, str]:
    """Bring a secret to what is asked; return its version, and which of the operator's keys are empty."""
    target = read.text(properties, "TargetSecretArn")
    urls = _urls(properties)
    operator_keys = _operator_keys(properties, urls)
    generated = {
        key: _random(length) for key, length in _lengths(properties, {*urls, *operator_keys}).items()
    }

    read_once = cache(secret_store.read)
    composed = {key: url.compose(read_once) for key, url in urls.items()}
    version_id, values = _store(target, composed, operator_keys, generated)

    missing = ",".join(key for key in operator_keys if not values[key])
    logger.info(f"secret {target} is at version {version_id}; empty: {missing or 'none'}")
    return version_id, missing


def merge(
    current: Mapping[str, object],
    composed: Mapping[str, str],
    operator_keys: tuple[str, ...],
    generated: Mapping[str, str],
) -> dict[str, object]:
    """Return ``current`` with the composed keys set, the operator's present and the generated ones kept."""
    made = {key: value for key, value in generated.items() if not current.get(key)}
    return dict.fromkeys(operator_keys, "") | dict(current) | made | dict(composed)


def _store(
    target: str,
    composed: Mapping[str, str],
    operator_keys: tuple[str, ...],
    generated: Mapping[str, str],
) -> tuple[str, Mapping[str, object]]:
    """Write what differs, starting over when someone else wrote in between."""
    for _ in range(_ATTEMPTS):
        current = secret_store.find(target)
        values = merge(current.values if current else {}, composed, operator_keys, generated)
        if current and current.values == values:
            return current.version_id, values
        version_id = secret_store.replace(target, values, expected=current)
        if version_id:
            return version_id, values
    raise ActionableError(f"secret {target} was changed by someone else {_ATTEMPTS} times; deploy again")


def _urls(properties: Properties) -> Mapping[str, Url]:
    entries = read.mapping(properties, "Urls")
    return {key: _url(key, read.as_mapping(f"Urls.{key}", entries[key])) for key in entries}


def _url(key: str, properties: Properties) -> Url:
    try:
        return parse(properties)
    except ActionableError as failure:
        raise ActionableError(f"Urls.{key}: {failure}") from None


def _operator_keys(properties: Properties, urls: Mapping[str, Url]) -> tuple[str, ...]:
    keys = tuple(str(key) for key in read.items(properties, "OperatorKeys"))
    both = sorted(urls.keys() & set(keys))
    if both:
        raise ActionableError(f"{', '.join(both)} must be in Urls or in OperatorKeys, not in both")
    return keys


def _lengths(properties: Properties, taken: set[str]) -> Mapping[str, int]:
    lengths = read.mapping(properties, "GeneratedKeys")
    both = sorted(taken & lengths.keys())
    if both:
        raise ActionableError(f"{', '.join(both)} must be in GeneratedKeys alone: a key has one source")
    return {key: read.whole_number(lengths, key, _SHORTEST_KEY, _LONGEST_KEY) for key in lengths}


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
