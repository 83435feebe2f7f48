"""Secrets Manager without its values in errors: reads JSON secrets, replaces one only if unchanged."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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

COMPOSED = "CAMBIUM_COMPOSED"
"""Label of the last version that was written here; an operator's next one does not take it away."""
CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"


@dataclass(frozen=True, slots=True)
class Secret:
    """One version of a secret that holds a JSON object."""

    arn: str
    version_id: str
    values: Mapping[str, object] = field(repr=False)
    created: datetime | None = None

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


def find(arn: str, stage: str = CURRENT) -> Secret | None:
    """Return the version with a label, or None when none has it (or the secret does not exist)."""
    try:
        answer = client.get_secret_value(SecretId=arn, VersionStage=stage)
    except (ClientError, BotoCoreError) as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise _refused("reading", arn, error) from None
    document = answer.get("SecretString", "")  # absent from a binary secret
    return Secret(arn, answer["VersionId"], _json_object(arn, document), answer["CreatedDate"])


def composed_at(arn: str) -> datetime | None:
    """Return when the newest version was written that is ours; None when none is."""
    try:
        versions = client.list_secret_version_ids(SecretId=arn, MaxResults=100)["Versions"]
    except (ClientError, BotoCoreError) as error:
        raise _refused("listing the versions of", arn, error) from None
    # A version without a label is not listed, and labels are few: the first page is all.
    ours = [one["CreatedDate"] for one in versions if COMPOSED in one.get("VersionStages", ())]
    return max(ours, default=None)


def prepare(arn: str, values: Mapping[str, object]) -> Secret:
    """Store a version that nobody uses yet, under ``AWSPENDING``."""
    _put(arn, version_id := str(uuid4()), values, [PENDING])
    return Secret(arn, version_id, values)


def promote(pending: Secret, current: Secret) -> bool:
    """Make a prepared version current, unless ``current`` no longer is; the old one stays readable."""
    if _promote(current.arn, pending.version_id, current) is None:
        return False
    try:
        client.update_secret_version_stage(
            SecretId=current.arn, VersionStage=PENDING, RemoveFromVersionId=pending.version_id
        )
    except (ClientError, BotoCoreError) as error:
        raise _refused("taking the label AWSPENDING from", current.arn, error) from None
    return True


def replace(arn: str, values: Mapping[str, object], *, expected: Secret | None) -> str | None:
    """Make ``values`` current and return the version id, or None if ``expected`` no longer is.

    PutSecretValue alone would overwrite what an operator stored since we read. A version without
    AWSCURRENT first, then moving the label away from the version we read, is refused in that case.
    """
    version_id = str(uuid4())
    labels = [COMPOSED] if expected else [COMPOSED, CURRENT]
    _put(arn, version_id, values, labels)
    return version_id if expected is None else _promote(arn, version_id, expected)


def _put(arn: str, version_id: str, values: Mapping[str, object], labels: list[str]) -> None:
    try:
        client.put_secret_value(
            SecretId=arn,
            ClientRequestToken=version_id,
            SecretString=json.dumps(values, ensure_ascii=False),
            VersionStages=labels,
        )
    except (ClientError, BotoCoreError) as error:
        raise _refused("writing", arn, error) from None


def _promote(arn: str, version_id: str, expected: Secret) -> str | None:
    try:
        client.update_secret_version_stage(
            SecretId=arn,
            VersionStage=CURRENT,
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
