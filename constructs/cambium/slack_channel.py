"""Alarms in Slack."""

from collections.abc import Sequence

from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from cambium.acknowledge import acknowledge, acknowledge_log_retention
from config.alarms import Slack


class SlackChannel(Construct):
    """One channel that hears every topic of an environment: AWS takes a channel once per account.

    The workspace must have been authorised in the console before; it sends only what the topics carry.

    Attributes:
        channel: The channel configuration.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, topic_arns: Sequence[str], config: Slack
    ) -> None:
        super().__init__(scope, construct_id)
        self.channel = chatbot.SlackChannelConfiguration(
            self,
            "Channel",
            slack_channel_configuration_name=name,
            slack_workspace_id=config.workspace_id,
            slack_channel_id=config.channel_id,
            notification_topics=[
                sns.Topic.from_topic_arn(self, f"Topic{number}", arn)
                for number, arn in enumerate(topic_arns, start=1)
            ],
            log_retention=logs.RetentionDays.ONE_MONTH,
            # What the channel may ever do, whatever somebody types in it.
            guardrail_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")],
        )
        acknowledge_log_retention(self)
        acknowledge(
            self.channel,
            {
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]": "the "
                "guardrail that limits what the channel can do"
            },
        )
