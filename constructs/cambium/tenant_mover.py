"""The task that moves a tenant's rows between the pool's database and a tenant's, one step at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.arn import arn
from cambium.database_jobs import CPU, EVERY_TENANT, MEMORY_MIB
from cambium.task_container import TaskContainer
from cambium.task_definition import define_task
from cambium.wildcards import acknowledge_wildcards
from config.service import LONGEST_STOP_SECONDS
from config.tenancy import TenantTier

CONTAINER = "mover"
MINUTES: Mapping[str, int] = {
    "check": 60,
    "copy": 12 * 60,
    "fence": 15,
    "catch-up": 120,
    "verify": 120,
    "open": 15,
    "unfence": 15,
    "empty": 120,
    "clear": 120,
    "lift": 15,
}
"""How long each step may take."""
SWITCH = ("fence", "catch-up", "verify")
"""What nobody serves the tenant during: one task, since starting one takes longer than all of these."""
SWITCHED = "switch"
"""The result of such a task."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A database that rows leave or come to. Each value is one, or the path of one in a run."""

    secret: str
    """ARN of the secret with the login of who owns the tables."""
    host: str
    port: str
    database: str

    def told(self, name: str) -> dict[str, str]:
        """How the program is told, as ``MOVE_FROM`` or ``MOVE_TO``."""
        return {
            name: self.secret,
            f"{name}_HOST": self.host,
            f"{name}_PORT": self.port,
            f"{name}_DATABASE": self.database,
        }


class TenantMover(Construct):
    """One task definition for all tenants of a region: whom it moves, it is told when it is started.

    Its role reads the logins of owners, of the pool's tables and of tenants', and writes results. It can
    neither route a request nor start a service.

    Attributes:
        task: The task definition.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        family: str,
        image: ecr_assets.DockerImageAsset,
        cluster: ecs.ICluster,
        subnets: Sequence[str],
        security_group: ec2.ISecurityGroup,
        tier: TenantTier,
        every_tenant_setting: str,
        logins: Sequence[str],
        results: str,
        log_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._cluster, self._subnets = cluster, list(subnets)
        self._group, self._results = security_group, results
        self.task = define_task(
            self,
            family=family,
            cpu=CPU,
            memory_mib=MEMORY_MIB,
            log_days=log_days,
            containers=[
                TaskContainer(
                    name=CONTAINER,
                    image=ecs.ContainerImage.from_docker_image_asset(image),
                    entry_point=("python", "-m", "moving"),
                    command=("check",),
                    environment={
                        "TENANT_COLUMN": tier.tenant_column,
                        "TENANT_SETTING": tier.tenant_setting,
                        EVERY_TENANT: every_tenant_setting,
                    },
                    stop_seconds=LONGEST_STOP_SECONDS,
                    reaps_processes=True,
                )
            ],
        )
        objects = f"arn:{Aws.PARTITION}:s3:::{results}/*"
        for actions, resources in (
            (["secretsmanager:GetSecretValue"], list(logins)),
            (["s3:PutObject"], [objects]),
        ):
            self.task.task_role.add_to_principal_policy(
                iam.PolicyStatement(actions=actions, resources=resources)
            )
        owners = {one: "the owner's login of a tenant that will be" for one in logins if "*" in one}
        acknowledge_wildcards(self.task, {objects: "a result per tenant, run and step", **owners})
        acknowledge(
            self.task, {"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken takes no resource"}
        )

    def state(
        self,
        *steps: str,
        source: Side,
        target: Side | None,
        into: str,
        result: str | None = None,
        served_by: str = "unknown",
    ) -> dict[str, Any]:
        """One task of a run, as a state that waits for its end.

        Args:
            steps: Their names in the program, in order; it stops at the first that fails.
            source: Where the rows are.
            target: Where they go; None for a step that enters the source alone.
            into: What the target is, ``silo`` or ``pool``.
            result: The name of what it says, where the run does the same steps twice.
            served_by: ``source`` where the run has looked at the line, and it leads there.
        """
        result = result or (steps[0] if len(steps) == 1 else SWITCHED)
        told = {
            "TENANT": "$.tenantValue",
            "ORGANIZATION": "$.tenant",
            **source.told("MOVE_FROM"),
            **(target.told("MOVE_TO") if target else {}),
            "MOVE_INTO": into,
            "MOVE_SERVED_BY": served_by,
            "RESULT_URL": f"States.Format('s3://{self._results}/{{}}/{result}.json', $.results)",
        }
        override = {
            "Name": CONTAINER,
            "Command": list(steps),
            "Environment": [_named(name, value) for name, value in told.items()],
        }
        return {
            "Type": "Task",
            "Resource": f"arn:{Aws.PARTITION}:states:::ecs:runTask.sync",
            "TimeoutSeconds": sum(MINUTES[step] for step in steps) * 60,
            "Parameters": {
                "Cluster": self._cluster.cluster_arn,
                "TaskDefinition": self.task.task_definition_arn,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {
                        "Subnets": self._subnets,
                        "SecurityGroups": [self._group.security_group_id],
                        "AssignPublicIp": "DISABLED",
                    }
                },
                "Overrides": {"ContainerOverrides": [override]},
            },
            "ResultPath": None,
        }

    def statements(self) -> list[iam.PolicyStatement]:
        """What a state machine needs to run the task."""
        here = {"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}}
        to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        roles = [self.task.task_role.role_arn]
        if self.task.execution_role is not None:
            roles.append(self.task.execution_role.role_arn)
        tasks = arn("ecs", f"task/{self._cluster.cluster_name}/*")
        rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")
        return [
            iam.PolicyStatement(
                actions=["ecs:RunTask"], resources=[self.task.task_definition_arn], conditions=here
            ),
            iam.PolicyStatement(
                actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[tasks], conditions=here
            ),
            iam.PolicyStatement(actions=["iam:PassRole"], resources=roles, conditions=to_ecs),
            iam.PolicyStatement(
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"], resources=[rule]
            ),
        ]


def _named(name: str, value: str) -> dict[str, str]:
    is_path = value.startswith(("$.", "States."))
    return {"Name": name, ("Value.$" if is_path else "Value"): value}
