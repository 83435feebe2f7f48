"""Working hours of a shard: asleep at night and at weekends, awake before anybody comes."""

from aws_cdk import CfnOutput
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from cambium.alarms import Alarms
from cambium.arn import arn
from cambium.working_hours import WorkingHours
from config.alarms import Alarms as AlarmsConfig
from config.deployment import Deployment
from config.region import Region, Shard
from config.schedule import Schedule
from stacks.base import CambiumStack
from stacks.compute import ComputeStack
from stacks.data import DataStack
from stacks.observability import ObservabilityStack
from stacks.sleeping_shard import sleeping_shard


class WorkingHoursStack(CambiumStack):
    """The schedule of one shard, how to wake it sooner, and the alarm when that fails.

    Attributes:
        hours: The schedule and its state machines.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        schedule: Schedule,
        compute: ComputeStack,
        data: DataStack,
        observability: ObservabilityStack,
    ) -> None:
        super().__init__(
            scope,
            "hours",
            deployment=deployment,
            region=region,
            shard=shard,
            description=f"Nights and weekends: {schedule.in_words}. A cache can't be stopped",
        )
        self._region, self._shard = region, shard
        # Names of its alarms are written here, and its topic is named.
        self.add_stack_dependency(observability)
        self._prefix = deployment.stack_name("", region, shard).removesuffix("-")
        self.hours = WorkingHours(
            self,
            "Hours",
            name=self._prefix,
            shard=sleeping_shard(deployment, region, shard, compute, data, observability),
            schedule=schedule,
        )
        self._define_alarm()
        for verb, machine in (("Wake", self.hours.wake), ("Sleep", self.hours.sleep)):
            CfnOutput(
                self,
                f"{verb}Now",
                value=machine.state_machine_arn,
                description=f"{verb} now: aws stepfunctions start-execution --state-machine-arn <this>",
            )
        CfnOutput(self, "AwakeHours", value=schedule.in_words, description="What the schedule leaves running")

    def _define_alarm(self) -> None:
        if not isinstance(self.deployment.environment.alarms, AlarmsConfig):
            return
        topic = self.deployment.topic_name(self._region, self._shard)
        Alarms(
            self,
            "Alarms",
            prefix=self._prefix,
            action=actions.SnsAction(sns.Topic.from_topic_arn(self, "Topic", arn("sns", topic))),
            runbook_url=self.deployment.runbook_url,
        ).define(
            "WorkingHours",
            name="working-hours",
            metric=self.hours.failures,
            threshold=0,
            periods=1,
            what="It was not put to sleep, or not woken",
            do="read which step failed, then start the same again: what is done already is left alone",
            runbook="working-hours",
        )
