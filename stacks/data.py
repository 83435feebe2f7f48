"""Everything of a shard that holds data: database, cache, secrets, queues, files."""

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.aurora_database import AuroraDatabase
from cambium.cache import Cache
from cambium.data_volume import DataVolume
from cambium.database import Database
from cambium.file_volume import FileVolume
from cambium.job_queue import JobQueue
from cambium.postgres_database import PostgresDatabase
from cambium.security_groups import immutable
from cambium.service_secret import RoleSecret, ServiceSecret
from config import names
from config.access import CACHE, DATABASE, VOLUME
from config.database import AuroraServerless
from config.deployment import Deployment
from config.front_door import FRONT_DOOR_SECRET, REGISTRY_SECRET
from config.names import words
from config.operator_keys import BACKUP_SECRET
from config.region import Region, Shard
from config.storage import Volume
from stacks.base import CambiumStack
from stacks.network import NetworkStack


class DataStack(CambiumStack):
    """The heartwood: no phase and no platform renames, moves or replaces anything in here.

    Attributes:
        network: What it stands in.
        queues: Queues of jobs, by name.
        volumes: Files of services, by service name.
        database: The database, or None.
        cache: The cache, or None.
        role_secrets: Logins of the application's database roles, by role name.
        service_secrets: The secret of each service that has one, by service name.
        backup_secret: The key backups are encrypted with, or None where there are none.
        data_volume: The disk of a single host, or None where there never was one.
        front_door_secret: Certificate of a single host's front door, and logins it needs, or None.
        registry_secret: Login of the registry of our images, or None where there is none.
        pool_secret: What the connection pool lets clients in with, or None where there is no pool.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, region: Region, shard: Shard, network: NetworkStack
    ) -> None:
        super().__init__(
            scope,
            "data",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Database, cache and secrets: everything that holds data",
        )
        # CloudFormation itself then refuses to change what the database stands on while it stands there.
        cdk.CrossStackReferences.of(self).consume(cdk.ReferenceStrength.STRONG)
        self.network = network
        self._region, self._shard = region, shard
        self.database = self._define_database()
        self.cache = self._define_cache()
        self.queues = {
            queue.name: JobQueue(
                self,
                f"Queue{words(queue.name)}",
                name=names.queue_name(deployment.system, queue.name, shard),
                config=queue,
            )
            for queue in deployment.queues
        }
        self.volumes = {
            service.name: self._define_volume(service.name, service.volume)
            for service in deployment.services
            if service.volume is not None
        }
        roles = deployment.database.roles if deployment.database else ()
        self.role_secrets = {
            role.name: RoleSecret(
                self,
                f"Role{words(role.name.replace('_', '-'))}",
                secret_name=deployment.secret_name(f"database/{role.name}", shard),
                username=role.name,
            ).secret
            for role in roles
        }
        self.service_secrets = {
            service.name: ServiceSecret(
                self,
                f"Secret{words(service.name)}",
                secret_name=deployment.secret_name(service.name, shard),
                description=f"Connection URLs and third-party keys of {service.name}",
            ).secret
            for service in deployment.services
            if service.has_secret
        }
        self.service_secrets |= {
            service.name: self.service_secrets[service.shares_keys_of]
            for service in deployment.services
            if service.secrets and service.shares_keys_of is not None
        }
        self.backup_secret = self._define_backup_secret() if deployment.has_backup_key else None
        self.data_volume = self._define_data_volume()
        self.front_door_secret = self._define_front_door_secret() if deployment.host else None
        self.registry_secret = self._define_registry_secret() if deployment.private_registry else None
        self.pool_secret = self._define_pool_secret() if deployment.pool else None

    def _define_data_volume(self) -> DataVolume | None:
        host = self.deployment.host
        if host is None:
            return None
        return DataVolume(
            self,
            "DataVolume",
            name=self.deployment.stack_name("data", self._region, self._shard),
            zone=self._region.zones[0],
            size_gib=host.data_volume_gib,
            snapshot_days=host.snapshot_days,
        )

    def _define_front_door_secret(self) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            "SecretFrontDoor",
            secret_name=self.deployment.secret_name(FRONT_DOOR_SECRET, self._shard),
            description="Certificate of the front door, and logins of the host",
        ).secret

    def _define_registry_secret(self) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            "SecretRegistry",
            secret_name=self.deployment.secret_name(REGISTRY_SECRET, self._shard),
            description="Login of the registry that images come from",
        ).secret

    def _define_backup_secret(self) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            "SecretBackup",
            secret_name=self.deployment.secret_name(BACKUP_SECRET, self._shard),
            description="Key that backups are encrypted with",
        ).secret

    def _define_pool_secret(self) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            "SecretConnectionPool",
            secret_name=self.deployment.secret_name("connection-pool", self._shard),
            description="Password verifiers and console logins of the connection pool",
        ).secret

    def _define_database(self) -> PostgresDatabase | None:
        config = self.deployment.database
        if config is None:
            return None
        network = self.network.network
        group = immutable(self, "DatabaseGroup", self.network.groups[self._shard.key].group(DATABASE))
        secret_name = self.deployment.secret_name("database/master", self._shard)
        if isinstance(config, AuroraServerless):
            return AuroraDatabase(
                self,
                "Database",
                vpc=network.vpc,
                subnets=network.private_subnets,
                security_group=group,
                secret_name=secret_name,
                log_days=self.deployment.log_days,
                config=config,
            )
        return Database(
            self,
            "Database",
            vpc=network.vpc,
            subnets=network.private_subnets,
            security_group=group,
            zones=self._region.zones[: self.deployment.network.zones],
            secret_name=secret_name,
            log_days=self.deployment.log_days,
            config=config,
        )

    def _define_volume(self, service: str, config: Volume) -> FileVolume:
        network = self.network.network
        return FileVolume(
            self,
            f"Volume{words(service)}",
            vpc=network.vpc,
            subnets=network.private_subnets,
            security_group=immutable(
                self, f"Volume{words(service)}Group", self.network.groups[self._shard.key].group(VOLUME)
            ),
            name=names.service_name(self.deployment.system, service, self._shard),
            config=config,
        )

    def _define_cache(self) -> Cache | None:
        config = self.deployment.cache
        # A host has its own, in a container.
        if config is None or self.deployment.platform == "host":
            return None
        return Cache(
            self,
            "Cache",
            vpc=self.network.network.vpc,
            subnets=self.network.network.private_subnets,
            security_group=immutable(self, "CacheGroup", self.network.groups[self._shard.key].group(CACHE)),
            secret_name=self.deployment.secret_name("cache", self._shard),
            config=config,
        )
