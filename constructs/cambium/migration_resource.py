"""A deployment's own migration: a resource that starts the state machine and waits for its success."""

from collections.abc import Mapping

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import custom_resources as cr
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.arn import arn
from cambium.migration_functions import MigrationFunctions
from cambium.wildcards import acknowledge_wildcards


class MigrationResource(Construct):
    """Runs a migration whenever a property changes; never on a rollback, and not on deletion.

    Attributes:
        resource: What others wait for.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.StateMachine,
        machine_name: str,
        functions: MigrationFunctions,
        properties: Mapping[str, str],
        wait_minutes: int,
    ) -> None:
        super().__init__(scope, construct_id)
        begin = functions.define("Begin", "deploy_handler.on_event")
        state_machine.grant_start_execution(begin)
        begin.add_to_role_policy(
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks"], resources=[Stack.of(self).stack_id]
            )
        )
        finish = functions.define("Finish", "deploy_handler.is_complete")
        runs = arn("states", f"execution:{machine_name}:*")
        finish.add_to_role_policy(iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[runs]))
        acknowledge_wildcards(functions, {runs: "a run gets its name when it starts"})
        provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=begin,
            is_complete_handler=finish,
            query_interval=Duration.seconds(5),
            total_timeout=Duration.minutes(wait_minutes),
            log_group=self._log_group("ProviderLog"),
            disable_waiter_state_machine_logging=False,
            waiter_state_machine_log_options=cr.LogOptions(
                destination=self._log_group("WaiterLog"), level=sfn.LogLevel.ALL
            ),
        )
        self._acknowledge(provider, begin, finish)
        self.resource = CustomResource(
            self,
            "Resource",
            service_token=provider.service_token,
            resource_type="Custom::Migration",
            properties={**properties, "StateMachineArn": state_machine.state_machine_arn},
        )
        # It starts at once, and needs what the machine's role may do.
        self.resource.node.add_dependency(state_machine)

    def _log_group(self, construct_id: str) -> logs.LogGroup:
        return logs.LogGroup(
            self, construct_id, retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )

    def _acknowledge(self, provider: cr.Provider, *functions: lambda_.Function) -> None:
        waits = "CloudFormation calls it, waits for the answer, and reports a failure as that of the stack"
        acknowledge(
            provider,
            {
                "AwsSolutions-SF2": "CDK's own machine asks one function until it says yes",
                "HIPAA.Security-LambdaConcurrency": waits,
                "HIPAA.Security-LambdaDLQ": waits,
                "HIPAA.Security-LambdaInsideVPC": "CDK's framework only calls the functions",
            },
        )
        own = [provider.node.find_child(name) for name in ("framework-isComplete", "framework-onTimeout")]
        versions = "versions of the functions that CDK's framework calls"
        called = [*functions, *(one for one in own if isinstance(one, lambda_.Function))]
        acknowledge_wildcards(
            provider,
            {
                **{f"{function.function_arn}:*": versions for function in called},
                "*": "delivering logs takes no resource",
            },
        )
