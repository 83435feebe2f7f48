"""Migrations before a rollout: by a deployment of ours, and by a release of the application."""

from aws_cdk import CfnOutput
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from cambium.connection_pool_checks import Reconnection
from cambium.migration_functions import MigrationFunctions
from cambium.migration_machine import MigrationMachine
from cambium.migration_resource import MigrationResource
from cambium.service_container import service_container
from cambium.task_definition import define_task
from cambium.web_service import ContainerSpec

LONGEST_MINUTES = 45
"""CloudFormation waits an hour for a resource; the rest is for starting the task and explaining its end."""


class MigrationRunner(Construct):
    """A one-off task that must succeed before services are rolled out.

    A state machine runs it. A deployment of this stack starts that with exactly the revision of the task
    definition that it makes, whenever there is a new one, and waits: what was given to ``before`` changes
    only afterwards. A release of the application starts the same state machine for its new image.

    What the task does is the application's, and so is that it may run twice. Nothing runs when CloudFormation
    rolls back or deletes.

    Attributes:
        task_definition: The task.
        state_machine: What runs it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        spec: ContainerSpec,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        reconnect: Reconnection | None,
        timeout_minutes: int = LONGEST_MINUTES,
    ) -> None:
        super().__init__(scope, construct_id)
        _check(timeout_minutes)
        self.task_definition = define_task(
            self,
            family=spec.name,
            cpu=spec.service.cpu,
            memory_mib=spec.service.memory_mib,
            log_days=spec.log_days,
            containers=[service_container(spec)],
        )
        functions = MigrationFunctions(self, "Functions")
        self.state_machine = MigrationMachine(
            self,
            "Machine",
            name=name,
            task=self.task_definition,
            cluster=cluster,
            subnets=subnets,
            security_group=security_group,
            explain=self._define_explain(functions, spec, timeout_minutes),
            reconnect=reconnect,
            timeout_minutes=timeout_minutes,
        ).state_machine
        self._migration = MigrationResource(
            self,
            "Migration",
            state_machine=self.state_machine,
            machine_name=name,
            functions=functions,
            # The revision changes with everything that the task is told: image, values, versions of secrets.
            properties={
                "TaskDefinition": self.task_definition.task_definition_arn,
                "ImageTag": spec.image_tag,
            },
            wait_minutes=timeout_minutes + 10,
        )
        # ECS starts the task with these roles, whatever CloudFormation has made of their policies by then.
        self._migration.resource.node.add_dependency(
            self.task_definition.task_role, self.task_definition.obtain_execution_role()
        )
        CfnOutput(
            self,
            "StateMachine",
            value=self.state_machine.state_machine_arn,
            description="MIGRATIONS of the application's release workflow",
        ).override_logical_id(f"{construct_id}StateMachine")

    def before(self, *rolled_out: IConstruct) -> None:
        """Let these wait until the migration has succeeded.

        Args:
            rolled_out: What starts tasks, such as ``FargateService.service``.
        """
        for construct in rolled_out:
            construct.node.add_dependency(self._migration.resource)

    def _define_explain(
        self, functions: MigrationFunctions, spec: ContainerSpec, timeout_minutes: int
    ) -> lambda_.Function:
        log = self.node.find_child("Logs")
        assert isinstance(log, logs.LogGroup)  # noqa: S101 - narrows jsii's type
        environment = {
            "LOG_GROUP": log.log_group_name,
            "LOG_STREAM_PREFIX": spec.service.name,
            "TIMEOUT_MINUTES": str(timeout_minutes),
        }
        return functions.define("Explain", "explain_handler.on_failure", environment)


def _check(timeout_minutes: int) -> None:
    if not 1 <= timeout_minutes <= LONGEST_MINUTES:
        raise ValueError(
            f"timeout_minutes must be 1 to {LONGEST_MINUTES}, since CloudFormation waits an hour for all of "
            f"it, got {timeout_minutes}"
        )
