"""Rotation of a shard's database passwords, and the alarms when it fails or does not happen."""

from collections.abc import Iterator

from aws_cdk import CfnOutput
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from cambium.alarms import Alarms
from cambium.arn import arn
from cambium.connection_secrets import RoleLogin
from cambium.rollout import Rollout
from cambium.rotation import Rotation
from cambium.rotation_plan import Reader, RotatedDatabase, RotatedPool, RotationPlan
from cambium.security_groups import immutable
from cambium.service_secret import ServiceSecret
from cambium.state_machine import FAILED_MINUTES
from config.alarms import Alarms as AlarmsConfig
from config.deployment import Deployment
from config.region import Region, Shard
from config.rotation import rotation_hour
from config.service import Service
from stacks.base import CambiumStack
from stacks.compute import ComputeStack
from stacks.credentials import CredentialsStack
from stacks.data import DataStack
from stacks.network import NetworkStack
from stacks.observability import ObservabilityStack

LATE_DAYS = 2
"""A rotation that failed is tried again each day; so long before somebody is told that it is overdue."""


class RotationStack(CambiumStack):
    """Stands after the services: it restarts them.

    Attributes:
        rotation: The state machine and its schedule.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        days: int,
        network: NetworkStack,
        data: DataStack,
        credentials: CredentialsStack,
        compute: ComputeStack,
        observability: ObservabilityStack,
    ) -> None:
        super().__init__(
            scope,
            "rotation",
            deployment=deployment,
            region=region,
            shard=shard,
            description=f"Database passwords change every {days} days, and both logins always work",
        )
        # Its topic is named.
        self.add_stack_dependency(observability)
        self._data, self._credentials, self._compute = data, credentials, compute
        self._region, self._shard, self._days = region, shard, days
        self._prefix = deployment.stack_name("", region, shard).removesuffix("-")
        daily, time_zone = rotation_hour(deployment)
        keys = dict(self._keys())
        self.rotation = Rotation(
            self,
            "Rotation",
            name=f"{self._prefix}-rotation",
            plan=RotationPlan(
                database=self._database(), readers=list(self._readers()), pool=self._pool(), keys=keys
            ),
            record=self._record() if keys else None,
            days=days,
            daily=daily,
            time_zone=time_zone,
            vpc=network.network.vpc,
            subnets=network.network.private_subnets,
            security_group=immutable(self, "Group", network.groups[shard.key].group(deployment.job_group)),
        )
        if isinstance(deployment.environment.alarms, AlarmsConfig):
            self._define_alarms(watch_keys=bool(keys))
        CfnOutput(
            self,
            "RotateNow",
            value=self.rotation.state_machine.state_machine_arn,
            description="Rotate now: aws stepfunctions start-execution --input '{\"now\": true}' "
            "--state-machine-arn <this>",
        )

    def _record(self) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            "KeyAges",
            # It stays when the stack goes, and its name would be in the way of the next.
            secret_name=None,
            description="Since when third-party keys are what they are: dates and marks, no keys",
        ).secret

    def _database(self) -> RotatedDatabase:
        database, config = self._data.database, self.deployment.database
        assert database is not None and config is not None  # noqa: S101, PT018 - refused before
        return RotatedDatabase(
            master=database.master_credentials,
            host=database.host,
            port=database.port,
            name=config.name,
            roles=[
                RoleLogin(name=role.name, kind=role.kind, secret=self._data.role_secrets[role.name])
                for role in config.roles
            ],
        )

    def _readers(self) -> Iterator[Reader]:
        for service, urls in self._credentials.database_urls():
            yield Reader(
                secret=self._data.service_secrets[service.name], urls=urls, rollout=self._rollout(service)
            )

    def _rollout(self, service: Service) -> Rollout | None:
        """None for what runs once: each run reads its secret."""
        host = self._compute.host
        if host is not None and not service.before_rollout:
            return host.refresh.rollout
        built = self._compute.services.get(service.name)
        return built.rollout if built else None

    def _pool(self) -> RotatedPool | None:
        pooling, config, secret = self._compute.pooling, self.deployment.pool, self._data.pool_secret
        if pooling is None or config is None or secret is None:
            return None
        return RotatedPool(
            secret=secret,
            roles={role: self._data.role_secrets[role] for role in config.pool_sizes},
            host=pooling.pool.host,
            port=pooling.pool.port,
            database=self.deployment.pooled_databases[0],
            rollout=pooling.pool.rollout,
        )

    def _keys(self) -> Iterator[tuple[secretsmanager.ISecret, list[str]]]:
        for service in self.deployment.services:
            if service.operator_keys:
                yield self._data.service_secrets[service.name], list(service.operator_keys)

    def _define_alarms(self, *, watch_keys: bool) -> None:
        topic = self.deployment.topic_name(self._region, self._shard)
        alarms = Alarms(
            self,
            "Alarms",
            prefix=self._prefix,
            action=actions.SnsAction(sns.Topic.from_topic_arn(self, "Topic", arn("sns", topic))),
            runbook_url=self.deployment.runbook_url,
        )
        alarms.define(
            "RotationFailed",
            name="rotation-failed",
            metric=self.rotation.failures,
            threshold=0,
            periods=1,
            what=f"A rotation of passwords failed in the last {FAILED_MINUTES} minutes; logins go on working",
            do="read which step failed, mend it, and start it again: it goes on where it was",
            runbook="secret-rotation",
        )
        alarms.define(
            "RotationOverdue",
            name="rotation-overdue",
            metric=self.rotation.age_days("Password"),
            threshold=self._days + LATE_DAYS,
            periods=2,
            what=f"A database password is older than {self._days + LATE_DAYS} days, or nobody looks any more",
            # No number means that no run has looked.
            missing=cloudwatch.TreatMissingData.BREACHING,
            do="start the rotation by hand and see what it says",
            runbook="secret-rotation",
        )
        if watch_keys:
            alarms.define(
                "KeysOld",
                name="third-party-keys",
                metric=self.rotation.age_days("Key"),
                threshold=self._days,
                periods=1,
                what=f"A third-party key has been the same for more than {self._days} days",
                do="the log of the rotation names it; make a new one at the third party and store it",
                runbook="secret-rotation",
            )
