"""Where alarms go: a topic with people behind it."""

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from config.alarms import Alarms


class Notifications(Construct):
    """An encrypted SNS topic and its subscribers. ``SlackChannel`` listens to all topics of an environment.

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
        for service in ("cloudwatch", "events"):
            key.grant_encrypt_decrypt(iam.ServicePrincipal(f"{service}.amazonaws.com"))
        self.topic = sns.Topic(
            self, "Topic", topic_name=name, display_name=name, master_key=key, enforce_ssl=True
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        for email in config.emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        self.action = actions.SnsAction(self.topic)
