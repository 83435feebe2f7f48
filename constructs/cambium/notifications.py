"""Where alarms go: a topic with people behind it."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.alarms import Alarms


class Notifications(Construct):
    """An encrypted SNS topic, its subscribers, and Slack where the configuration names a channel.

    Each e-mail subscriber must confirm once; until then AWS sends that person nothing.

    Attributes:
        topic: The topic.
        action: The topic as an action of an alarm.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, config: Alarms) -> None:
        super().__init__(scope, construct_id)
        # CloudWatch may not use the AWS managed key of SNS, so an encrypted topic needs its own.
        key = kms.Key(
            self,
            "Key",
            description=f"Notifications of {name}",
            enable_key_rotation=True,
            pending_window=Duration.days(7),
            removal_policy=RemovalPolicy.DESTROY,
        )
        key.grant_encrypt_decrypt(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        self.topic = sns.Topic(self, "Topic", display_name=name, master_key=key, enforce_ssl=True)
        self.topic.grant_publish(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        for email in config.emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        self.action = actions.SnsAction(self.topic)
        if config.slack is not None:
            self._define_slack(name, config.slack.workspace_id, config.slack.channel_id)

    def _define_slack(self, name: str, workspace_id: str, channel_id: str) -> None:
        channel = chatbot.SlackChannelConfiguration(
            self,
            "Slack",
            slack_channel_configuration_name=name,
            slack_workspace_id=workspace_id,
            slack_channel_id=channel_id,
            notification_topics=[self.topic],
            log_retention=logs.RetentionDays.ONE_MONTH,
            # What the channel may ever do, whatever somebody types in it.
            guardrail_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")],
        )
        acknowledge(
            channel,
            {
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]": "the "
                "guardrail that limits what the channel can do"
            },
        )
