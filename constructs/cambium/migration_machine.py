"""The state machine that runs a migration, and what it may do."""

from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.arn import arn
from cambium.connection_pool_checks import Reconnection
from cambium.migration_steps import TASK_DEFINITION, MigrationSteps
from cambium.state_machine import define_state_machine
from cambium.wildcards import acknowledge_wildcards


class MigrationMachine(Construct):
    """Runs one family of tasks in one cluster, and waits for each.

    Two runs at once are kept apart by the lock that migration tools take in the database, not here.

    Attributes:
        state_machine: The state machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        task: ecs.FargateTaskDefinition,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        explain: lambda_.IFunction,
        reconnect: Reconnection | None,
        timeout_minutes: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._task, self._cluster = task, cluster
        self._subnets = cluster.vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids
        self._security_group = security_group
        steps = MigrationSteps(
            self,
            "Steps",
            task=self._run(timeout_minutes),
            family=task.family,
            explain=explain,
            reconnect=reconnect,
        )
        self.state_machine = define_state_machine(
            self,
            name=name,
            body=sfn.DefinitionBody.from_chainable(steps.first),
            # The task's own limit comes first: that can still be explained.
            timeout=Duration.minutes(timeout_minutes + 5),
        )
        self._allow()
        self._acknowledge(explain, *([reconnect.function] if reconnect else []))

    def _run(self, timeout_minutes: int) -> dict[str, Any]:
        # CDK's own step has one revision, decided at synthesis; ours is told with each run.
        place = {
            "Subnets": self._subnets,
            "SecurityGroups": [self._security_group.security_group_id],
            "AssignPublicIp": "DISABLED",
        }
        return {
            "Type": "Task",
            "Resource": f"arn:{Aws.PARTITION}:states:::ecs:runTask.sync",
            "TimeoutSeconds": timeout_minutes * 60,
            "Parameters": {
                "Cluster": self._cluster.cluster_arn,
                "TaskDefinition.$": f"$.{TASK_DEFINITION}",
                # Never Spot: AWS would stop it half way with two minutes' notice.
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {"AwsvpcConfiguration": place},
            },
            "ResultPath": "$.task",
        }

    def _allow(self) -> None:
        here = {"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}}
        to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        roles = [self._task.task_role, self._task.obtain_execution_role()]
        rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")
        for statement in (
            iam.PolicyStatement(actions=["ecs:RunTask"], resources=[self._revisions], conditions=here),
            iam.PolicyStatement(
                actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[self._tasks], conditions=here
            ),
            iam.PolicyStatement(
                actions=["iam:PassRole"], resources=[role.role_arn for role in roles], conditions=to_ecs
            ),
            # How Step Functions hears of the end of a task.
            iam.PolicyStatement(
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"], resources=[rule]
            ),
        ):
            self.state_machine.add_to_role_policy(statement)

    @property
    def _revisions(self) -> str:
        return arn("ecs", f"task-definition/{self._task.family}:*")

    @property
    def _tasks(self) -> str:
        return arn("ecs", f"task/{self._cluster.cluster_name}/*")

    def _acknowledge(self, *functions: lambda_.IFunction) -> None:
        versions = "versions of the one function that is a step"
        acknowledge_wildcards(
            self,
            {
                **{f"{function.function_arn}:*": versions for function in functions},
                self._revisions: "an application releases with the newest revision of this one task",
                self._tasks: "a task gets its id when it starts; the condition names the cluster",
                "*": "delivering logs and traces takes no resource",
            },
        )
