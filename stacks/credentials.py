"""Turns endpoints and generated passwords into what the services read: roles and connection URLs."""

from collections.abc import Iterator
from typing import Any

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.connection_secrets import ConnectionSecrets, RoleLogin, SecretContents
from cambium.host_compose import CACHE as CACHE_CONTAINER
from cambium.security_groups import immutable
from config.deployment import Deployment
from config.front_door import FRONT_DOOR_KEYS, FRONT_DOOR_SECRET, REGISTRY_KEYS, REGISTRY_SECRET
from config.names import words
from config.operator_keys import BACKUP_KEY, BACKUP_SECRET
from config.region import Region, Shard
from config.service import CacheUrl, DatabaseUrl, Generated, ReplicaUrls, SecretSource, Service
from config.sources import pools
from stacks.base import CambiumStack
from stacks.data import DataStack
from stacks.network import NetworkStack


class CredentialsStack(CambiumStack):
    """Holds no data: it can be deleted and deployed again without anybody noticing.

    Attributes:
        pool_version: The version of the pool's secret, or None where there is no pool.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        network: NetworkStack,
        data: DataStack,
        door: ConnectionPoolDoor | None,
    ) -> None:
        super().__init__(
            scope,
            "credentials",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Database roles of the application, and connection URLs in its secrets",
        )
        self._data, self._door = data, door
        writer = ConnectionSecrets(
            self,
            "ConnectionSecrets",
            vpc=network.network.vpc,
            subnets=network.network.private_subnets,
            # The function acts for the application, so it needs no door of its own to the database.
            security_group=immutable(self, "Group", network.groups[shard.key].group(deployment.job_group)),
            version=deployment.environment.credentials_version,
        )
        roles = self._define_roles(writer)
        for resource in writer.define_urls("Urls", targets=list(self._targets()), sources=self._sources()):
            if roles is not None:
                # A URL is published only once its login works.
                resource.node.add_dependency(roles)
        self.pool_version = self._define_pool_users(writer, roles)

    def database_urls(self) -> Iterator[tuple[Service, dict[str, dict[str, Any]]]]:
        """Each service that logs in to the database, with how its connection URLs are composed."""
        for service in self.deployment.services:
            urls = {
                key: url
                for key in self.deployment.secrets_of(service)
                if isinstance(source := service.secrets[key], DatabaseUrl | ReplicaUrls)
                and (url := self._database_url(source)) is not None
            }
            if urls:
                yield service, urls

    def _define_pool_users(self, writer: ConnectionSecrets, roles: Construct | None) -> str | None:
        pool, target = self.deployment.pool, self._data.pool_secret
        if pool is None or target is None:
            return None
        users = writer.define_pool_users(
            "PoolUsers",
            target=target,
            roles={role: self._data.role_secrets[role] for role in pool.pool_sizes},
        )
        if roles is not None:
            # The pooler passes on what the server knows.
            users.node.add_dependency(roles)
        return users.get_att_string("VersionId")

    def _define_roles(self, writer: ConnectionSecrets) -> Construct | None:
        database, config = self._data.database, self.deployment.database
        if database is None or config is None:
            return None
        return writer.define_roles(
            "Roles",
            master=database.master_credentials,
            host=database.host,
            port=database.port,
            database=config.name,
            roles=[
                RoleLogin(name=role.name, kind=role.kind, secret=self._data.role_secrets[role.name])
                for role in config.roles
            ],
        )

    def _targets(self) -> Iterator[SecretContents]:
        for service in self.deployment.services:
            if service.has_secret:
                yield SecretContents(
                    words=words(service.name),
                    secret=self._data.service_secrets[service.name],
                    urls=self._urls(service),
                    operator_keys=service.operator_keys,
                    generated_keys={
                        key: source.length
                        for key, source in service.secrets.items()
                        if isinstance(source, Generated)
                    },
                )
        if self._data.backup_secret is not None:
            yield SecretContents(
                words=words(BACKUP_SECRET),
                secret=self._data.backup_secret,
                urls={},
                operator_keys=[BACKUP_KEY],
            )

        for name, secret, keys in (
            (FRONT_DOOR_SECRET, self._data.front_door_secret, FRONT_DOOR_KEYS),
            (REGISTRY_SECRET, self._data.registry_secret, REGISTRY_KEYS),
        ):
            if secret is not None:
                yield SecretContents(words=words(name), secret=secret, urls={}, operator_keys=list(keys))

    def _sources(self) -> list[secretsmanager.ISecret]:
        cache = self._data.cache
        token = [cache.auth_token] if cache and cache.auth_token else []
        return [*self._data.role_secrets.values(), *token]

    def _urls(self, service: Service) -> dict[str, dict[str, Any]]:
        composed = {key: self._url(service.secrets[key]) for key in self.deployment.secrets_of(service)}
        return {key: url for key, url in composed.items() if url is not None}

    def _url(self, source: SecretSource) -> dict[str, Any] | None:
        if isinstance(source, CacheUrl):
            return self._cache_url()
        if isinstance(source, DatabaseUrl | ReplicaUrls):
            return self._database_url(source)
        return None

    def _cache_url(self) -> dict[str, Any] | None:
        if self.deployment.platform == "host" and self.deployment.cache is not None:
            # On the host's own bridge, which nothing outside it can reach.
            port = str(self.deployment.cache.port)
            return {"Kind": "redis", "Host": CACHE_CONTAINER, "Port": port, "Tls": "false"}
        cache = self._data.cache
        if cache is None:
            return None
        token = {"SecretArn": cache.auth_token.secret_arn} if cache.auth_token else {}
        encrypted = "true" if cache.auth_token else "false"
        return {"Kind": "redis", "Host": cache.endpoint, "Port": cache.port, "Tls": encrypted, **token}

    def _database_url(self, source: DatabaseUrl | ReplicaUrls) -> dict[str, Any] | None:
        database, config = self._data.database, self.deployment.database
        if database is None or config is None:
            return None
        common = {
            "SecretArn": self._data.role_secrets[source.role].secret_arn,
            "Options": {"sslmode": "require"},
        }
        if self._door is not None and pools(source):
            return {**common, **self._pooled(source, self._door.host), "Port": str(self._door.port)}
        direct = {**common, "Database": config.name, "Port": database.port}
        if isinstance(source, ReplicaUrls):
            replicas = {"Hosts": list(database.replica_hosts), "Port": database.replica_port}
            return {**direct, **replicas, "Kind": "postgres-list"}
        return {**direct, "Kind": "postgres", "Host": database.host}

    def _pooled(self, source: DatabaseUrl | ReplicaUrls, door: str) -> dict[str, Any]:
        primary, *replicas = self.deployment.pooled_databases
        if isinstance(source, ReplicaUrls):
            return {"Kind": "postgres-list", "Hosts": [door] * len(replicas), "Databases": replicas}
        return {"Kind": "postgres", "Host": door, "Database": primary}
