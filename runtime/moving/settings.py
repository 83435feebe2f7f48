"""What the program is told by its environment, and the logins it finds in Secrets Manager."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from database.connection import Connection
from database.failure import JobError, SettingsError, must

TENANT_COLUMN = "tenant_id"
TENANT_SETTING, EVERY_TENANT_SETTING = "app.current_tenant", "app.every_tenant"
"""Those of examples/sql/row-level-security.sql."""
URL_KEYS = ("DATABASE_URL", "url")
FENCE_SECONDS = 120.0
TENANT_VALUE = "[A-Za-z0-9.:@|+=_-]{1,128}"
"""Uuids, numbers, ids of identity providers; the same as ``routing.entry`` has, which asks first."""
_TENANT = re.compile(TENANT_VALUE)
_WORDS = "1 to 128 letters, digits and . : @ | + = _ -"
_COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SETTING = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+")
_RESULT = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(\S+)")
_TLS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
_PARTS = {"host": "HOST", "port": "PORT", "dbname": "DATABASE"}
Into = Literal["silo", "pool"]
_INTO: Mapping[str, Into | None] = {"unknown": None, "silo": "silo", "pool": "pool"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One move: whose rows, from where, to where."""

    tenant: str
    """What the tenant column of its rows holds."""
    organization: str
    """Whose rows they are, by the id that routes; both databases keep it beside ``tenant``."""
    column: str
    tenant_setting: str
    """What policies read to know the tenant."""
    every_tenant_setting: str
    """What the owner sets to ``on`` to see rows of every tenant."""
    source: Connection
    target: Connection | None
    """None where one database is enough."""
    into: Into | None
    """What the target is; None where nothing was said, and the target's own record decides."""
    source_serves: bool
    """Whether the line leads to the source, and nobody but who started this can lead it on: what the target
    has then, it has never served."""
    result: tuple[str, str] | None
    """Bucket and key of the result."""
    fence_seconds: float
    """How long ``fence`` tries to get its locks, between those of everybody else."""

    @classmethod
    def read(cls, told: Mapping[str, str], *, alone: bool = False) -> "Settings":
        """Read the environment, and the two secrets it names.

        Args:
            told: The environment.
            alone: There is no target, and ``MOVE_TO`` is not looked at.

        Raises:
            SettingsError: names the variable, and never quotes a secret.
        """
        into = told.get("MOVE_INTO") or "unknown"
        if into not in _INTO:
            raise must("MOVE_INTO", "silo or pool, or left out", into)
        given = {name: told.get(name, "") for name in ("MOVE_FROM", "MOVE_TO")[: 1 if alone else 2]}
        for name, value in given.items():
            if not value:
                raise must(name, "the ARN of a secret with the login of a database")
        if not alone and given["MOVE_FROM"] == given["MOVE_TO"]:
            raise SettingsError("MOVE_FROM and MOVE_TO must be two databases, and name the same secret")
        tenant = _matching(told, "TENANT", _TENANT, f"what the tenant column holds: {_WORDS}")
        plain = {
            "tenant": tenant,
            "organization": _matching(told, "ORGANIZATION", _TENANT, f"the id of one: {_WORDS}", tenant),
            "column": _matching(told, "TENANT_COLUMN", _COLUMN, "the name of a column", TENANT_COLUMN),
            "tenant_setting": _matching(told, "TENANT_SETTING", _SETTING, "like app.name", TENANT_SETTING),
            "every_tenant_setting": _matching(
                told, "EVERY_TENANT_SETTING", _SETTING, "like app.name", EVERY_TENANT_SETTING
            ),
        }
        result, seconds = _result(told), _seconds(told)
        source = _login(told, "MOVE_FROM")
        target = None if alone else _login(told, "MOVE_TO")
        if target is not None:
            _apart(source, target)
        return cls(
            **plain,
            source=source,
            target=target,
            into=_INTO[into],
            source_serves=_source_serves(told),
            result=result,
            fence_seconds=seconds,
        )


def _matching(
    told: Mapping[str, str], name: str, allowed: re.Pattern[str], words: str, default: str = ""
) -> str:
    value = told.get(name) or default
    if not allowed.fullmatch(value):
        raise must(name, words, value[:200])
    return value


def _result(told: Mapping[str, str]) -> tuple[str, str] | None:
    url = told.get("RESULT_URL")
    if not url:
        return None
    found = _RESULT.fullmatch(url)
    if not found:
        raise must("RESULT_URL", "s3://bucket/key, or left out", url)
    return found[1], found[2]


def _source_serves(told: Mapping[str, str]) -> bool:
    said = told.get("MOVE_SERVED_BY") or "unknown"
    if said not in ("unknown", "source"):
        raise must("MOVE_SERVED_BY", "source, or left out", said)
    return said == "source"


def _seconds(told: Mapping[str, str]) -> float:
    text = told.get("FENCE_SECONDS") or f"{FENCE_SECONDS:g}"
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", text) or not 1 <= float(text) <= 3600:
        raise must("FENCE_SECONDS", "a number of seconds from 1 to 3600", text)
    return float(text)


def _login(told: Mapping[str, str], name: str) -> Connection:
    """The login in a secret: a URL, or what RDS and the roles of a deployment keep."""
    text = _secret(name, told[name])
    defaults = {key: told[variable] for key, variable in _TLS.items() if told.get(variable)}
    try:
        held: Any = json.loads(text)
    except ValueError:
        held = {"url": text}
    held = held if isinstance(held, dict) else {}
    url = next((str(held[key]) for key in URL_KEYS if held.get(key)), None)
    if url is not None:
        found = _from_url(url, name)
        return Connection({**defaults, **found.parameters}, found.password)
    parts = {key: str(held[key]) for key in _PARTS if held.get(key)}
    parts |= {key: told[f"{name}_{end}"] for key, end in _PARTS.items() if told.get(f"{name}_{end}")}
    login = {"user": str(held.get("username") or ""), "password": str(held.get("password") or "")}
    return Connection.from_parameters({**defaults, **parts, **login}, field=f"the secret of {name}")


def _from_url(url: str, name: str) -> Connection:
    try:
        return Connection.from_url(url)
    except SettingsError:
        raise must(f"the secret of {name}", "a PostgreSQL URL, or JSON with username and password") from None


def _secret(name: str, arn: str) -> str:
    region = arn.split(":")[3] if arn.startswith("arn:") and arn.count(":") > 5 else None
    config = Config(retries={"mode": "standard", "max_attempts": 5})
    try:
        client: Any = boto3.client("secretsmanager", region_name=region, config=config)
        return str(client.get_secret_value(SecretId=arn)["SecretString"])
    except ClientError as error:
        raise SettingsError(f"the secret of {name} cannot be read: {_code(error)} for {arn}") from None
    except BotoCoreError as error:
        raise JobError(f"Secrets Manager did not answer for {name}: {type(error).__name__}") from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "refused"))


def _apart(source: Connection, target: Connection) -> None:
    places = [
        (one.parameters["host"], one.parameters.get("port", "5432"), one.database) for one in (source, target)
    ]
    if places[0] == places[1]:
        raise SettingsError(f"MOVE_FROM and MOVE_TO must be two databases, and both are {source.where}")
