"""What services are given: which keys a person still has to fill in, and whether each URL logs in.

Values are read, and never leave this module: not in a result, a message or a log.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from botocore.exceptions import ClientError
from psycopg.conninfo import make_conninfo

from config.deployment import Deployment
from config.operator_keys import operator_keys
from config.region import Region, Shard
from config.service import DatabaseUrl, ReplicaUrls, Service
from config.sources import pools
from ops.embedded.aws import Aws, Place, Places

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class EmptyKey:
    """A third-party key that is not set yet."""

    secret: str
    """As ``set-secret`` knows it: a service, or ``backup``."""
    key: str
    where: str


@dataclass(frozen=True, slots=True)
class Login:
    """A database URL that was tried."""

    service: str
    key: str
    role: str
    """Who the database says we are; empty when it did not let us in."""
    database: str = ""
    encrypted: bool = False
    shard: str = ""
    """Region and number, such as ``eu 1``."""


@dataclass(frozen=True, slots=True)
class FoundSecrets:
    """The outcome of reading the secrets of all services."""

    empty: tuple[EmptyKey, ...]
    logins: tuple[Login, ...]
    complaints: tuple[str, ...]


def read(deployment: Deployment, places: Places, certificate: Path) -> FoundSecrets:
    """Read the secret of every service of every shard, and log in with each database URL in it."""
    logins: list[Login] = []
    complaints: list[str] = []
    for region, shard, service in _owners(deployment):
        name = deployment.secret_name(service.secret_leaf, shard)
        aws = places.at(Place(deployment.environment.account, region.name))
        try:
            values = values_of(aws, name)
        except (ClientError, ValueError) as error:
            complaints.append(f"secret {name} of service {service.name} cannot be read: {_why(error)}")
            continue
        complaints += [
            f"secret {name} has no key {key}" for key in deployment.secrets_of(service) if key not in values
        ]
        for key, role, url, pooled in _urls(deployment, service, values):
            # The certificate of a pooler is its own: services encrypt and do not verify.
            login, complaint = log_in(service.name, key, role, url, None if pooled else certificate)
            logins.append(replace(login, shard=f"{region.key} {shard.key}"))
            complaints += [complaint] if complaint else []
    return FoundSecrets(tuple(_empty(deployment, places)), tuple(logins), tuple(complaints))


def values_of(aws: Aws, name: str) -> dict[str, str]:
    """The keys and values of a secret.

    Raises:
        ValueError: it is not a JSON object.
    """
    text = aws.secretsmanager.get_secret_value(SecretId=name)["SecretString"]
    try:
        values = json.loads(text)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(values, dict):
        raise ValueError("not a JSON object")
    return {str(key): str(value) for key, value in values.items()}


def log_in(service: str, key: str, role: str, url: str, certificate: Path | None) -> tuple[Login, str]:
    """Open a database URL as its service would; the second value says what is wrong, if anything."""
    subject = f"{key} of service {service}"
    try:
        with psycopg.connect(_trusting(url, certificate), connect_timeout=TIMEOUT_SECONDS) as connection:
            row = connection.execute("select current_user, current_database()").fetchone()
            encrypted = connection.pgconn.ssl_in_use
    except psycopg.Error as error:
        return Login(service, key, ""), f"{subject} does not log in: {_reason(error)}"
    user, database = row if row is not None else ("", "")
    login = Login(service, key, user, database, encrypted)
    wrong = f"{subject} logs in as {user}, and {role} was asked for" if user != role else ""
    return login, wrong or ("" if encrypted else f"{subject} logs in without TLS")


def _trusting(url: str, certificate: Path | None) -> str:
    # In AWS the image brings Amazon's certificates; here the embedded database has its own.
    return make_conninfo(url, sslrootcert=str(certificate)) if certificate and certificate.exists() else url


def _owners(deployment: Deployment) -> Iterator[tuple[Region, Shard, Service]]:
    for region, shard in deployment.shards():
        for service in deployment.services:
            if deployment.secrets_of(service):
                yield region, shard, service


def _empty(deployment: Deployment, places: Places) -> Iterator[EmptyKey]:
    for region, shard in deployment.shards():
        aws = places.at(Place(deployment.environment.account, region.name))
        for keys in operator_keys(deployment):
            try:
                values = values_of(aws, deployment.secret_name(keys.secret, shard))
            except (ClientError, ValueError):
                values = {}
            for key, where in keys.where.items():
                if not values.get(key):
                    yield EmptyKey(keys.secret, key, where)


def _urls(
    deployment: Deployment, service: Service, values: Mapping[str, str]
) -> Iterator[tuple[str, str, str, bool]]:
    for key in deployment.secrets_of(service):
        source = service.secrets[key]
        pooled = deployment.pool is not None and pools(source)
        if isinstance(source, DatabaseUrl):
            yield key, source.role, values.get(key, ""), pooled
        elif isinstance(source, ReplicaUrls):
            for url in values.get(key, "").split(","):
                yield key, source.role, url, pooled


def _reason(error: psycopg.Error) -> str:
    # The words of a parse error repeat the URL, password included; those of the server do not.
    if error.sqlstate:
        return f"PostgreSQL error {error.sqlstate}"
    words = str(error).lower()
    for sign, reason in (
        ("password authentication failed", "the password is refused"),
        ("refused", "nobody listens there"),
        ("timeout", "no answer in time"),
        ("certificate", "the certificate is not trusted"),
        ("does not exist", "the role or database does not exist"),
        ("ssl", "TLS could not be agreed on"),
    ):
        if sign in words:
            return reason
    return f"it is not a connection URL that works ({type(error).__name__})"


def _why(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else str(error)
