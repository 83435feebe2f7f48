"""The state machines of tenants, and the one-off tasks that they run."""

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.arn import arn
from cambium.database_jobs import CONTAINER
from cambium.tenant_rights import explain, roles_below

TIMEOUT_MINUTES = 180
"""RDS takes 15 to 20 minutes to make an instance, and longer to change one; what has hung is given up."""
MIGRATION_MINUTES = 45
EXPORT_MINUTES = 12 * 60
"""A dump is as slow as its database is large: some 100 GB an hour."""


class TenantMachine(Construct):
    """One of them.

    Attributes:
        state_machine: The state machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        definition: dict[str, Any],
        functions: Sequence[str],
        statements: Sequence[iam.PolicyStatement],
        what: str,
        timeout_minutes: int = TIMEOUT_MINUTES,
    ) -> None:
        super().__init__(scope, construct_id)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(
                json.dumps({"Comment": what, "TimeoutSeconds": timeout_minutes * 60, **definition})
            ),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self, "Log", retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
                ),
                level=sfn.LogLevel.ALL,
                # Names, places and reasons; a secret never is in the state of a run.
                include_execution_data=True,
            ),
        )
        call = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(functions))
        for statement in (call, *statements):
            self.state_machine.add_to_role_policy(statement)
        delivery = iam.PolicyStatement(actions=["logs:CreateLogDelivery"], resources=["*"])
        explain(self, [*statements, delivery])


def migration_task(cluster: ecs.ICluster, subnets: Sequence[str]) -> dict[str, Any]:
    """What brings a tenant's schema up to date, in the tenant's own security group."""
    return _one_off(
        cluster,
        subnets,
        minutes=MIGRATION_MINUTES,
        definition="$.at.answer.outputs.MigrationTask",
        group="$.at.answer.outputs.ServiceGroup",
    )


def export_task(cluster: ecs.ICluster, subnets: Sequence[str]) -> dict[str, Any]:
    """What dumps a tenant's database, in the tenant's own security group."""
    state = _one_off(
        cluster,
        subnets,
        minutes=EXPORT_MINUTES,
        definition="$.outputs.ExportTask",
        group="$.outputs.ServiceGroup",
    )
    named = {"Name": "BACKUP_NAME", "Value.$": "$.export"}
    state["Parameters"]["Overrides"] = {"ContainerOverrides": [{"Name": CONTAINER, "Environment": [named]}]}
    return state


def _one_off(
    cluster: ecs.ICluster, subnets: Sequence[str], *, minutes: int, definition: str, group: str
) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::ecs:runTask.sync",
        "TimeoutSeconds": minutes * 60,
        "Parameters": {
            "Cluster": cluster.cluster_arn,
            "TaskDefinition.$": definition,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": list(subnets),
                    "SecurityGroups.$": f"States.Array({group})",
                    "AssignPublicIp": "DISABLED",
                }
            },
        },
        "ResultPath": None,
    }


def run_tasks(cluster: ecs.ICluster, *, system: str, path: str, what: str) -> list[iam.PolicyStatement]:
    """Run the one-off tasks of tenants in one cluster: those whose family ends with ``what``.

    Their roles are those of tenants' stacks, known by their IAM path.
    """
    here = {"ArnEquals": {"ecs:cluster": cluster.cluster_arn}}
    to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    tasks = arn("ecs", f"task/{cluster.cluster_name}/*")
    definitions = arn("ecs", f"task-definition/{system}-*-{what}:*")
    rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")
    return [
        iam.PolicyStatement(actions=["ecs:RunTask"], resources=[definitions], conditions=here),
        iam.PolicyStatement(
            actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[tasks], conditions=here
        ),
        iam.PolicyStatement(actions=["iam:PassRole"], resources=[roles_below(path)], conditions=to_ecs),
        iam.PolicyStatement(
            actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"], resources=[rule]
        ),
    ]
