"""What the containers of a shard run, are told and may read, in the words of the constructs."""

from aws_cdk import aws_ecr as ecr

from cambium.web_service import ContainerSpec
from config import names
from config.hosts import in_shard
from config.names import words
from config.region import Region, Shard
from config.service import BucketName, Computed, QueueUrl, RegionName, Service
from stacks.base import CambiumStack
from stacks.data import DataStack

MAX_AGE = "DATABASE_CONNECTION_MAX_AGE_SECONDS"
"""A client of the pool renews a connection after so many seconds: then a pooler that stops loses nobody."""


class ContainerSpecs:
    """Makes the specification of each service of one compute stack."""

    def __init__(self, stack: CambiumStack, *, region: Region, shard: Shard, data: DataStack) -> None:
        self._stack, self._region, self._shard, self._data = stack, region, shard, data
        self._deployment = stack.deployment

    def of(self, service: Service) -> ContainerSpec:
        """The specification of ``service``."""
        deployment = self._deployment
        return ContainerSpec(
            service=self._with_image(in_shard(deployment, service, self._region, self._shard)),
            name=names.service_name(deployment.system, service.name, self._shard),
            repository=ecr.Repository.from_repository_name(
                self._stack,
                f"{words(service.name)}Repository",
                names.repository_name(deployment.system, service.image_of or service.name),
            ),
            environment={
                **{key: self._value(value) for key, value in service.environment.items()},
                **self._revision(service),
                **self._max_age(service),
            },
            secret=self._data.service_secrets.get(service.name),
            secret_keys=deployment.secrets_of(service),
            log_days=deployment.log_days,
            registry_login=self._data.registry_secret,
            volume=self._data.volumes.get(service.name),
        )

    def _with_image(self, service: Service) -> Service:
        """With the image of the other service, where that is from elsewhere."""
        others = (one.image for one in self._deployment.services if one.name == service.image_of)
        image = next(others, None)
        return service if image is None else service.model_copy(update={"image": image})

    def _revision(self, service: Service) -> dict[str, str]:
        # Services read their secret once, when they start. What changes in it by a deployment of ours
        # changes this too, so that the same deployment restarts them.
        # A task that runs once reads its secret each time.
        if not service.secrets or service.before_rollout:
            return {}
        version = self._deployment.environment.credentials_version
        return {"CREDENTIALS_REVISION": f"{version}.{self._deployment.replicas}"}

    def _max_age(self, service: Service) -> dict[str, str]:
        pool = self._deployment.pool
        if pool is None or not service.pools_database:
            return {}
        return {MAX_AGE: str(pool.client_max_age_seconds)}

    def _value(self, value: str | Computed) -> str:
        match value:
            case str():
                return value
            case BucketName():
                return self._deployment.bucket_name(value.bucket, self._region.name)
            case RegionName():
                return self._region.name
            case QueueUrl():
                return self._data.queues[value.queue].queue.queue_url
