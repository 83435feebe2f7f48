"""Secrets Manager without its values in errors: reads JSON secrets, replaces one only if unchanged."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from connection_secrets.failure import ActionableError

# At DEBUG (one setting of the function's log level away) botocore logs every response body.
for _library in ("boto3", "botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.INFO)

# Without a way to Secrets Manager the defaults would outlast the function instead of failing.
_PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 4})

client = boto3.client("secretsmanager", config=_PATIENCE)

_OUR_LABEL = "CAMBIUM_COMPOSED"


@dataclass(frozen=True, slots=True)
class Secret:
    """One version of a secret that holds a JSON object."""

    arn: str
    version_id: str
    values: Mapping[str, object] = field(repr=False)

    def text(self, key: str) -> str:
        """Return a value that must be there and not be empty."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise ActionableError(f"secret {self.arn} needs a non-empty string under {key!r}")
        return value


def read(arn: str) -> Secret:
    """Return the current version of a secret that must have one."""
    secret = find(arn)
    if secret is None:
        raise ActionableError(f"secret {arn} does not exist or has no current value")
    return secret


def find(arn: str) -> Secret | None:
    """Return the current version, or None when the secret has no value (or does not exist)."""
    try:
        answer = client.get_secret_value(SecretId=arn)
    except (ClientError, BotoCoreError) as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise _refused("reading", arn, error) from None
    document = answer.get("SecretString", "")  # absent from a binary secret
    return Secret(arn, answer["VersionId"], _json_object(arn, document))


def replace(arn: str, values: Mapping[str, object], *, expected: Secret | None) -> str | None:
    """Make ``values`` current and return the version id, or None if ``expected`` no longer is.

    PutSecretValue alone would overwrite what an operator stored since we read. A version without
    AWSCURRENT first, then moving the label away from the version we read, is refused in that case.
    """
    version_id = str(uuid4())
    labels = [_OUR_LABEL] if expected else [_OUR_LABEL, "AWSCURRENT"]
    try:
        client.put_secret_value(
            SecretId=arn,
            ClientRequestToken=version_id,
            SecretString=json.dumps(values, ensure_ascii=False),
            VersionStages=labels,
        )
    except (ClientError, BotoCoreError) as error:
        raise _refused("writing", arn, error) from None
    return version_id if expected is None else _promote(arn, version_id, expected)


def _promote(arn: str, version_id: str, expected: Secret) -> str | None:
    try:
        client.update_secret_version_stage(
            SecretId=arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=version_id,
            RemoveFromVersionId=expected.version_id,
        )
    except (ClientError, BotoCoreError) as error:
        # NotFound: the version we read lost its last label and is gone already.
        if _code(error) in ("InvalidParameterException", "ResourceNotFoundException"):
            return None
        raise _refused("writing", arn, error) from None
    return version_id


def _json_object(arn: str, document: str) -> Mapping[str, object]:
    try:
        values = json.loads(document)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ActionableError(f"secret {arn} must hold a JSON object; store one with put-secret-value")
    return values


def _refused(doing: str, arn: str, error: ClientError | BotoCoreError) -> ActionableError:
    return ActionableError(
        f"{doing} secret {arn} failed with {_code(error)}; "
        "check the permissions of the function and its way to Secrets Manager"
    )


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, BotoCoreError):
        return type(error).__name__
    return str(error.response.get("Error", {}).get("Code", "an unknown error"))
