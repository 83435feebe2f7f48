"""Logs in through a connection pool: once before a deployment goes on, and from then on every minute."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.acknowledge import acknowledge
from cambium.connection_pool import ConnectionPool
from cambium.deploy_functions import DeployFunctions


@dataclass(frozen=True, kw_only=True)
class Reconnection:
    """A function, and what it is told."""

    function: lambda_.IFunction
    event: Mapping[str, str]


PACKAGES = ("connection_pool", "connection_secrets")


class ConnectionPoolChecks(DeployFunctions):
    """A pooler that trusts the wrong certificate starts, looks healthy and hangs every client.

    Only a statement through it tells. Asking each minute keeps a database awake that would pause, so the
    probe is defined by itself.
    """

    def define_gate(
        self, construct_id: str, *, pool: ConnectionPool, database: str, login: secretsmanager.ISecret
    ) -> CustomResource:
        """Fail the deployment unless a role can log in; run again whenever the pool's tasks change."""
        function = self.define_function(
            f"{construct_id}Function", packages=PACKAGES, handler="gate_handler.on_event"
        )
        login.grant_read(function)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks"], resources=[Stack.of(self).stack_id]
            )
        )
        gate = self.define_resource(
            construct_id,
            function,
            {
                **self._where(pool, database, login),
                "TaskDefinition": pool.task_definition.task_definition_arn,
                "Log": pool.log_group.log_group_name,
            },
        )
        gate.node.add_dependency(pool)
        return gate

    def define_probe(
        self, construct_id: str, *, pool: ConnectionPool, database: str, login: secretsmanager.ISecret
    ) -> events.Rule:
        """Log in each minute, and report seconds and failures as metrics of the pool."""
        function = self.define_function(
            f"{construct_id}Function", packages=PACKAGES, handler="probe_handler.on_schedule"
        )
        login.grant_read(function)
        return events.Rule(
            self,
            construct_id,
            description="Logs in through the connection pool",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[
                targets.LambdaFunction(
                    function,
                    event=events.RuleTargetInput.from_object(
                        {**self._where(pool, database, login), "Pool": pool.name}
                    ),
                    # The next minute asks again.
                    retry_attempts=0,
                )
            ],
        )

    def define_reconnect(
        self, construct_id: str, *, pool: ConnectionPool, credentials: secretsmanager.ISecret
    ) -> Reconnection:
        """What makes every pooler open its server connections anew, as is needed after a migration."""
        function = self.define_function(
            f"{construct_id}Function", packages=PACKAGES, handler="reconnect_handler.on_event"
        )
        credentials.grant_read(function)
        cluster = pool.service.cluster
        here = {"ArnEquals": {"ecs:cluster": cluster.cluster_arn}}
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["ecs:ListTasks", "ecs:DescribeTasks"], resources=["*"], conditions=here
            )
        )
        acknowledge(
            function,
            {"AwsSolutions-IAM5[Resource::*]": "tasks have no names; the condition keeps it to one cluster"},
        )
        return Reconnection(
            function=function,
            event={
                "Cluster": cluster.cluster_arn,
                "Service": pool.name,
                "Port": str(pool.port),
                "SecretArn": credentials.secret_arn,
            },
        )

    def _where(self, pool: ConnectionPool, database: str, login: secretsmanager.ISecret) -> dict[str, str]:
        return {
            "Host": pool.host,
            "Port": str(pool.port),
            "Database": database,
            "SecretArn": login.secret_arn,
        }
