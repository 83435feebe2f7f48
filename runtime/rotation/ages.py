"""How old passwords and third-party keys are: days, as metrics, and never what they are."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError, logger
from connection_secrets.secret_store import Secret
from rotation.plan import Plan

NAMESPACE = "Cambium/Rotation"
_DAY_SECONDS = 86400


def now() -> datetime:
    """Return the time; tests have another."""
    return datetime.now(UTC)


def password_days(plan: Plan) -> float:
    """Return the age of the oldest password that is in use."""
    return max(_days_since(secret_store.read(role.secret_arn).created) for role in plan.asked.roles)


def key_days(plan: Plan) -> float:
    """Return the age of the oldest third-party key, and remember since when those are there that are new."""
    if plan.record_arn is None:
        return 0.0
    record = secret_store.find(plan.record_arn)
    values = record.values if record else {}
    salt = str(values.get("salt") or secrets.token_hex(16))
    known, keys = read.mapping(values, "keys"), dict(_keys(plan, salt))
    today = now().isoformat()
    kept = {name: _since(known.get(name), mark, today) for name, mark in keys.items()}
    _store(plan.record_arn, {"salt": salt, "keys": kept}, record)
    ages = {name: _days_since(datetime.fromisoformat(entry["since"])) for name, entry in kept.items()}
    for name in sorted(name for name, days in ages.items() if days >= plan.days):
        logger.warning(f"{name} is {ages[name]:.0f} days old: make a new one at the third party")
    return max(ages.values(), default=0.0)


def report(name: str, **values: float) -> None:
    """Write metrics, in CloudWatch's embedded format."""
    metrics = [{"Name": metric, "Unit": "None"} for metric in values]
    definition = {"Namespace": NAMESPACE, "Dimensions": [["Name"]], "Metrics": metrics}
    timestamp_ms = int(time.time() * 1000)
    aws = {"Timestamp": timestamp_ms, "CloudWatchMetrics": [definition]}
    print(json.dumps({"_aws": aws, "Name": name, **values}))


def _keys(plan: Plan, salt: str) -> Iterator[tuple[str, str]]:
    """Each key that has a value: its name with that of its secret, and a mark that changes with the value."""
    for arn, keys in plan.keys.items():
        secret = secret_store.find(arn)
        for key in keys:
            value = secret.values.get(key) if secret else None
            if isinstance(value, str) and value:
                mark = hmac.new(salt.encode(), value.encode(), hashlib.sha256).hexdigest()
                yield f"{key} of {arn.rpartition(':')[2]}", mark


def _since(known: object, mark: str, today: str) -> Mapping[str, str]:
    if isinstance(known, dict) and known.get("mark") == mark:
        return {"since": str(known["since"]), "mark": mark}
    return {"since": today, "mark": mark}


def _store(arn: str, values: Mapping[str, object], record: Secret | None) -> None:
    if record is not None and record.values == values:
        return
    if not secret_store.replace(arn, values, expected=record):
        raise ActionableError(f"secret {arn} was changed by someone else meanwhile; start again")


def _days_since(then: datetime | None) -> float:
    if then is None:
        raise ActionableError("Secrets Manager did not say when a password was made")
    return (now() - then).total_seconds() / _DAY_SECONDS
