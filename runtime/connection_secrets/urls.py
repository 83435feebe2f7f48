"""The kinds of URLs the ConnectionUrls resource composes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from connection_secrets import properties as read
from connection_secrets.failure import ActionableError
from connection_secrets.properties import Properties
from connection_secrets.secret_store import Secret

ReadSecret = Callable[[str], Secret]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresUrl:
    """One URL, or one for each place separated by commas (read replicas)."""

    secret_arn: str
    places: tuple[tuple[str, str], ...]
    """Host and database. A pooler has one host, and read replicas behind it are databases of their own."""
    port: int
    options: Mapping[str, str]

    def compose(self, read_secret: ReadSecret) -> str:
        """Return the URL; user and password are encoded, so no character of them ends a part."""
        secret = read_secret(self.secret_arn)
        login = f"{_encoded(secret.text('username'))}:{_encoded(secret.text('password'))}"
        options = urlencode(self.options)
        return ",".join(
            f"postgres://{login}@{host}:{self.port}/{_encoded(database)}?{options}"
            for host, database in self.places
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisUrl:
    """A URL with the token under ``password`` in the secret if there is one; over TLS if it says so."""

    secret_arn: str | None
    host: str
    port: int
    tls: bool

    def compose(self, read_secret: ReadSecret) -> str:
        """Return the URL."""
        scheme = "rediss" if self.tls else "redis"
        token = ""
        if self.secret_arn is not None:
            token = f":{_encoded(read_secret(self.secret_arn).text('password'))}@"
        return f"{scheme}://{token}{self.host}:{self.port}"


Url = PostgresUrl | RedisUrl


def parse(properties: Properties) -> Url:
    """Return what one entry of ``Urls`` asks for."""
    kind = read.text(properties, "Kind")
    if kind not in _PARSERS:
        raise ActionableError(f"Kind must be one of {', '.join(_PARSERS)}, got {kind!r}")
    return _PARSERS[kind](properties)


def _postgres(properties: Properties) -> PostgresUrl:
    return _postgres_url(properties, ((read.host(properties), read.text(properties, "Database")),))


def _postgres_list(properties: Properties) -> PostgresUrl:
    hosts = read.hosts(properties)
    if "Databases" not in properties:
        database = read.text(properties, "Database")
        return _postgres_url(properties, tuple((host, database) for host in hosts))
    databases = read.texts(properties, "Databases")
    if len(databases) != len(hosts):
        raise ActionableError(
            f"Databases must be as many as Hosts ({len(hosts)}), one each, got {len(databases)}"
        )
    return _postgres_url(properties, tuple(zip(hosts, databases, strict=True)))


def _postgres_url(properties: Properties, places: tuple[tuple[str, str], ...]) -> PostgresUrl:
    options = read.mapping(properties, "Options")
    return PostgresUrl(
        secret_arn=read.text(properties, "SecretArn"),
        places=places,
        port=read.port(properties),
        options={"sslmode": "require"} | {name: read.text(options, name) for name in options},
    )


def _redis(properties: Properties) -> RedisUrl:
    url = RedisUrl(
        secret_arn=read.optional_text(properties, "SecretArn"),
        host=read.host(properties),
        port=read.port(properties),
        tls=read.truth(properties, "Tls"),
    )
    if url.secret_arn is not None and not url.tls:
        raise ActionableError("Tls must be 'true' with a SecretArn: anyone on the way could read the token")
    return url


def _encoded(part: str) -> str:
    return quote(part, safe="")


_PARSERS: Mapping[str, Callable[[Properties], Url]] = {
    "postgres": _postgres,
    "postgres-list": _postgres_list,
    "redis": _redis,
}
