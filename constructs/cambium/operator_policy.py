"""What people need for the shell, and nothing else: to start it, enter it, end it."""

from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.arn import arn
from cambium.wildcards import acknowledge_wildcards

TAG = "cambium:shell"
"""Must be on a task when it is started. Only such tasks can be entered and stopped, so never a service's."""
FORWARDING = "AWS-StartPortForwardingSessionToRemoteHost"


class OperatorPolicies(Construct):
    """Two managed policies, for the permission set or the role of the people who need them.

    IAM has no condition for the security group of a task, nor for its command: who may start it chooses them,
    and reaches what any group of the VPC may reach. That is for people who are trusted with the data.

    Attributes:
        shell: Sessions in the container, with everything that is typed in a log.
        forwarding: A tunnel for programs on one's own machine. Nobody logs what goes through, and
            its user needs the password, which it lets them read.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        task: ecs.FargateTaskDefinition,
        container: str,
        cluster: ecs.ICluster,
        login: secretsmanager.ISecret,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name, self._container, self._cluster = name, container, cluster
        self._tagged = {f"aws:ResourceTag/{TAG}": name}
        # IAM knows no regions, and a product may be in several.
        suffix = f"{name}-{Stack.of(self).region}"
        self.shell = iam.ManagedPolicy(
            self,
            "Shell",
            managed_policy_name=suffix,
            description=f"Start {name}, enter it, end it",
            statements=[*self._starting(task), *self._using()],
        )
        self.forwarding = iam.ManagedPolicy(
            self,
            "Forwarding",
            managed_policy_name=f"{suffix}-forwarding",
            description=f"A tunnel through {name}, beside the policy {suffix}",
            statements=self._tunnelling(login),
        )
        acknowledge_wildcards(
            self,
            {
                self._tasks: "a task gets its id when it starts, and then the tag of the condition",
                self._sessions: "sessions of this very person",
            },
        )

    def _starting(self, task: ecs.FargateTaskDefinition) -> list[iam.PolicyStatement]:
        return [
            _allow(
                ["ecs:RunTask"],
                [task.task_definition_arn],
                {
                    "ArnEquals": {"ecs:cluster": self._cluster.cluster_arn},
                    "StringEquals": {f"aws:RequestTag/{TAG}": self._name},
                },
            ),
            _allow(["ecs:TagResource"], [self._tasks], {"StringEquals": {"ecs:CreateAction": "RunTask"}}),
            _allow(
                ["iam:PassRole"],
                [task.task_role.role_arn, task.obtain_execution_role().role_arn],
                {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
            # Its outputs say which cluster and which network.
            _allow(["cloudformation:DescribeStacks"], [Stack.of(self).stack_id], {}),
        ]

    def _using(self) -> list[iam.PolicyStatement]:
        entering = {"ecs:container-name": self._container}
        return [
            # It is asked about both: the cluster, which has no tag, and the task.
            _allow(["ecs:ExecuteCommand"], [self._cluster.cluster_arn], {"StringEquals": entering}),
            _allow(["ecs:ExecuteCommand"], [self._tasks], {"StringEquals": {**entering, **self._tagged}}),
            _allow(["ecs:DescribeTasks", "ecs:StopTask"], [self._tasks], {"StringEquals": self._tagged}),
        ]

    def _tunnelling(self, login: secretsmanager.ISecret) -> list[iam.PolicyStatement]:
        # Without the check a session of another kind, unlogged, needs no permission for its document.
        checked = {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}
        document = f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}::document/{FORWARDING}"
        return [
            _allow(["ssm:StartSession"], [document], {}),
            _allow(["ssm:StartSession"], [self._tasks], {"StringEquals": self._tagged, **checked}),
            _allow(["ssm:ResumeSession", "ssm:TerminateSession"], [self._sessions], {}),
            _allow(["secretsmanager:GetSecretValue"], [login.secret_arn], {}),
        ]

    @property
    def _tasks(self) -> str:
        return arn("ecs", f"task/{self._cluster.cluster_name}/*")

    @property
    def _sessions(self) -> str:
        return arn("ssm", "session/${aws:userid}-*")


def _allow(actions: list[str], resources: list[str], conditions: dict[str, Any]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
