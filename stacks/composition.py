"""Which stacks a region and a shard consist of, and in what order they build on each other."""

import aws_cdk as cdk

from cambium.connection_pool_door import ConnectionPoolDoor
from config.database import Database
from config.deployment import Deployment
from config.region import Region, Shard
from stacks.backup import BackupStack
from stacks.compute import ComputeStack
from stacks.credentials import CredentialsStack
from stacks.data import DataStack
from stacks.delivery import DeliveryStack
from stacks.edge import EdgeStack, is_needed
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack
from stacks.pool import PoolStack
from stacks.rotation import RotationStack
from stacks.storage import RecoveryStack, StorageStack
from stacks.tenants import TenantsStack
from stacks.working_hours import WorkingHoursStack


class RegionStacks:
    """Every stack of a region. The first region of a deployment and the tenth are made the same way.

    Attributes:
        network: VPC and security groups.
        storage: Buckets, or None where the system has none.
        delivery: Container repositories.
        edge: Certificate and zone, or None where both are there already, or the platform brings its own.
        shards: The stacks of each shard.
    """

    def __init__(self, app: cdk.App, deployment: Deployment, region: Region) -> None:
        self.region = region
        self._app, self._deployment = app, deployment
        self.network = NetworkStack(app, deployment=deployment, region=region)
        self.storage = _storage(app, deployment, region)
        self.delivery = DeliveryStack(app, deployment=deployment, region=region)
        self.edge = EdgeStack(app, deployment=deployment, region=region) if is_needed(deployment) else None
        self.shards = [ShardStacks(app, deployment, self, shard) for shard in region.shards]

    def define_tenants(self) -> None:
        """What makes tenants that have a stack for themselves, where the phase has such; beside shard one."""
        tier, database = self._deployment.tenants, self._deployment.database
        if tier is None or not isinstance(database, Database):
            return
        shard = self.shards[0]
        tenants = TenantsStack(
            self._app,
            deployment=self._deployment,
            region=self.region,
            shard=self.region.shards[0],
            tier=tier,
            database=database,
            network=self.network,
            data=shard.data,
            compute=shard.compute,
        )
        # Alarms of tenants go to its topic by name.
        tenants.add_stack_dependency(shard.observability)


class ShardStacks:
    """Every stack of a shard.

    Attributes:
        data: Database, cache and secrets.
        compute: Services.
        observability: Alarms and dashboard.
    """

    def __init__(self, app: cdk.App, deployment: Deployment, place: RegionStacks, shard: Shard) -> None:
        self._app, self._deployment, self._place, self._shard = app, deployment, place, shard
        region, network = place.region, place.network
        self.data = DataStack(app, deployment=deployment, region=region, shard=shard, network=network)
        self.backup = self._define_backup()
        self._door = self._define_pool_door()
        self._credentials = self._define_credentials()
        self.compute = ComputeStack(
            app,
            deployment=deployment,
            region=region,
            shard=shard,
            network=network,
            data=self.data,
            edge=place.edge,
            door=self._door,
            pool_version=self._credentials.pool_version if self._credentials else None,
        )
        self.compute.add_stack_dependency(place.delivery)
        if self._credentials is not None:
            # A service that starts before its URLs are written would fail its first deployment.
            self.compute.add_stack_dependency(self._credentials)
        self.observability = ObservabilityStack(
            app,
            deployment=deployment,
            region=region,
            shard=shard,
            compute=self.compute,
            data=self.data,
            backup=self.backup,
        )
        self._define_working_hours()
        self._define_rotation()

    def _define_working_hours(self) -> None:
        schedule = self._deployment.environment.schedule
        if schedule is None:
            return
        WorkingHoursStack(
            self._app,
            deployment=self._deployment,
            region=self._place.region,
            shard=self._shard,
            schedule=schedule,
            compute=self.compute,
            data=self.data,
            observability=self.observability,
        )

    def _define_rotation(self) -> None:
        days = self._deployment.secret_rotation_days
        if days is None or self._credentials is None:
            return
        RotationStack(
            self._app,
            deployment=self._deployment,
            region=self._place.region,
            shard=self._shard,
            days=days,
            network=self._place.network,
            data=self.data,
            credentials=self._credentials,
            compute=self.compute,
            observability=self.observability,
        )

    def _define_pool_door(self) -> ConnectionPoolDoor | None:
        if self._deployment.pool is None:
            return None
        return PoolStack(
            self._app,
            deployment=self._deployment,
            region=self._place.region,
            shard=self._shard,
            network=self._place.network,
            config=self._deployment.pool,
        ).door

    def _define_credentials(self) -> CredentialsStack | None:
        if not self.data.service_secrets:
            return None
        credentials = CredentialsStack(
            self._app,
            deployment=self._deployment,
            region=self._place.region,
            shard=self._shard,
            network=self._place.network,
            data=self.data,
            door=self._door,
        )
        if self._door is not None:
            # A name that is text, as in a private zone, tells CDK of no order.
            credentials.add_stack_dependency(cdk.Stack.of(self._door))
        return credentials

    def _define_backup(self) -> BackupStack | None:
        if not self._deployment.backup_buckets:
            return None
        return BackupStack(
            self._app,
            deployment=self._deployment,
            region=self._place.region,
            shard=self._shard,
            network=self._place.network,
            data=self.data,
        )


def _storage(app: cdk.App, deployment: Deployment, region: Region) -> StorageStack | None:
    if not deployment.buckets:
        return None
    storage = StorageStack(app, deployment=deployment, region=region)
    if any(bucket.replica for bucket in deployment.buckets):
        # Replication refuses a destination that does not exist yet.
        storage.add_stack_dependency(RecoveryStack(app, deployment=deployment, region=region))
    return storage
