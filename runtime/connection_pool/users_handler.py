"""Custom resource PoolUsers: the secret from which the pool's containers know who may log in.

It holds the verifiers that the roles have in the database, and the two users of the pool's console.
Those keep their passwords for good; a role's verifier changes with its password. A role whose two logins
take turns has both, so that services may change from one to the other when they like. Deleting the
resource leaves the secret alone.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.alternates import login_of
from connection_secrets.failure import ActionableError, logger, shielded
from connection_secrets.properties import Properties
from connection_secrets.scram import verifier
from connection_secrets.secret_store import Secret

CONSOLE = {"admin": "pool_admin", "stats": "pool_stats"}
"""Who may change something on the console, and who may only look."""

_ATTEMPTS = 5


@shielded
def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compose the secret, and store it if something changed; see the module for Delete.

    Properties: ``SecretArn`` of the pool; ``Roles``, each with its ``Name`` and the ``SecretArn`` of its
    password. Answers ``VersionId``, the version the containers must be given.
    """
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}

    properties: Properties = event["ResourceProperties"]
    version_id = write(properties)
    target = read.text(properties, "SecretArn")
    return {"PhysicalResourceId": f"pool-users:{target}", "Data": {"VersionId": version_id}}


def write(properties: Properties) -> str:
    """Bring the secret to what is asked; return its version."""
    target = read.text(properties, "SecretArn")
    version_id = _store(target, _users(properties))
    logger.info(f"secret {target} is at version {version_id}")
    return version_id


def _store(target: str, users: Mapping[str, str]) -> str:
    """Write what differs, starting over when someone else wrote in between."""
    for _ in range(_ATTEMPTS):
        current = secret_store.find(target)
        known = current.values if current else {}
        values = {"users": users} | {kind: _login(known.get(kind), CONSOLE[kind]) for kind in CONSOLE}
        if current and current.values == values:
            return current.version_id
        version_id = secret_store.replace(target, values, expected=current)
        if version_id:
            return version_id
    raise ActionableError(f"secret {target} was changed by someone else {_ATTEMPTS} times; deploy again")


def _login(known: object, username: str) -> Mapping[str, str]:
    password = known.get("password") if isinstance(known, dict) else None
    if not isinstance(password, str) or not password:
        password = secrets.token_urlsafe(32)
    return {"username": username, "password": password}


def _users(properties: Properties) -> Mapping[str, str]:
    roles = [read.as_mapping("Roles", role) for role in read.items(properties, "Roles")]
    if not roles:
        raise ActionableError("Roles must name at least one role")
    return {
        login_of(read.role_name(role), secret): verifier(secret)
        for role in roles
        for secret in _secrets(role)
    }


def _secrets(role: Properties) -> Iterator[Secret]:
    """The version that is in use, and where logins take turns the one before or after it."""
    name, arn = read.role_name(role), read.text(role, "SecretArn")
    if name in CONSOLE.values():
        raise ActionableError(f"Roles must not name {name}: it is a user of the pool's console")
    current = secret_store.read(arn)
    for stage in (secret_store.PENDING, secret_store.PREVIOUS):
        beside = secret_store.find(arn, stage)
        if beside is not None and login_of(name, beside) != login_of(name, current):
            yield beside
            break
    yield current
