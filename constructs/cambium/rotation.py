"""Rotates database passwords by the clock: two logins of each role take turns."""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function
from cambium.rotation_plan import RotationPlan
from cambium.rotation_steps import definition
from cambium.state_machine import define_state_machine, failed_runs, start_by_the_clock
from cambium.wildcards import acknowledge_wildcards
from config.schedule import Weekly

PACKAGES = ("rotation", "connection_secrets", "connection_pool")
METRICS = "Cambium/Rotation"


class Rotation(Construct):
    """A state machine that is started each day, finishes what was left over, and rotates when it is due.

    It changes the password that nobody uses, tells everybody, and leaves the one before in force until the
    next time. So it may fail at any step, or run twice: what services have keeps working.

    Third-party keys are beyond it. It says how old they are.

    Attributes:
        state_machine: Starts by the clock; with ``{"now": true}`` it rotates whether it is due or not.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        plan: RotationPlan,
        record: secretsmanager.ISecret | None,
        days: int,
        daily: Weekly,
        time_zone: str,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        function = define_function(
            self,
            "Function",
            packages=PACKAGES,
            handler="steps_handler.on_step",
            layer=libraries_layer(self, "Libraries"),
            timeout_minutes=5,
            vpc=vpc,
            vpc_subnets=subnets,
            security_groups=[security_group],
        )
        self._allow(function, plan, record)
        told = {
            "Name": name,
            "Days": str(days),
            **plan.properties(),
            "Keys": {secret.secret_arn: list(keys) for secret, keys in plan.keys.items()},
            **({"RecordArn": record.secret_arn} if record else {}),
        }
        self.state_machine = self._define_machine(function, told, pooled=plan.pool is not None)
        self._group = scheduler.ScheduleGroup(self, "Schedules", removal_policy=RemovalPolicy.DESTROY)
        self._start(daily, time_zone)

    @property
    def failures(self) -> cloudwatch.IMetric:
        """Runs that failed, took too long or were stopped, and runs that could not be started."""
        return failed_runs({"": self.state_machine}, self._group, ("failed", "timed_out", "aborted"))

    def age_days(self, of: str) -> cloudwatch.IMetric:
        """Age of the oldest ``Password``, or third-party ``Key``, as the run of each day found it."""
        return cloudwatch.Metric(
            namespace=METRICS,
            metric_name=f"{of}AgeDays",
            dimensions_map={"Name": self._name},
            statistic="Minimum",
            period=Duration.days(1),
        )

    def _allow(
        self, function: lambda_.Function, plan: RotationPlan, record: secretsmanager.ISecret | None
    ) -> None:
        plan.database.master.grant_read(function)
        written = [*plan.written(), *([record] if record else [])]
        for secret in written:
            secret.grant_read(function)
            secret.grant_write(function)
        for secret in plan.keys:
            secret.grant_read(function)
        for rollout in plan.rollouts:
            acknowledge_wildcards(function, dict(rollout.wildcards))
            for statement in rollout.statements:
                function.add_to_role_policy(statement)
        # When a version was written, which is later than that of the tasks that have read it.
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["secretsmanager:ListSecretVersionIds"],
                resources=[secret.secret_arn for secret in written],
            )
        )
        acknowledge_wildcards(
            function,
            {
                "*": "tasks have no names, the condition keeps it to one cluster; the list of commands, "
                "and traces, take no resource"
            },
        )
        waits = "its state machine waits for the answer, tries again, and fails with it"
        acknowledge(
            function,
            {
                "HIPAA.Security-LambdaConcurrency": waits,
                "HIPAA.Security-LambdaDLQ": waits,
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
            },
        )

    def _define_machine(
        self, function: lambda_.Function, told: dict[str, Any], *, pooled: bool
    ) -> sfn.StateMachine:
        body = definition(function.function_arn, told, pooled=pooled)
        made = define_state_machine(self, name=self._name, body=sfn.DefinitionBody.from_string(body))
        made.add_to_role_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        acknowledge_wildcards(made, {"*": "delivering logs and traces takes no resource"})
        return made

    def _start(self, daily: Weekly, time_zone: str) -> None:
        start_by_the_clock(
            self,
            "Daily",
            machine=self.state_machine,
            group=self._group,
            when=daily,
            time_zone=time_zone,
            description=f"{self._name}: finish, look at ages, and rotate when it is due",
        )
        # The first ages, so that the alarm for their absence need not wait for the night.
        events.Rule(
            self,
            "Deployed",
            description="A first run once this stack is there",
            event_pattern=events.EventPattern(
                source=["aws.cloudformation"],
                detail_type=["CloudFormation Stack Status Change"],
                detail={
                    "stack-id": [Aws.STACK_ID],
                    "status-details": {"status": ["CREATE_COMPLETE"]},
                },
            ),
            targets=[
                targets.SfnStateMachine(self.state_machine, input=events.RuleTargetInput.from_object({}))
            ],
        )
