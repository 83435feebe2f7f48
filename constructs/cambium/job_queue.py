"""An SQS queue of jobs, and the dead-letter queue that keeps what failed until somebody has looked."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cambium.arn import arn
from config import storage as model

KEEP_DAYS = 4
"""A job that nobody has done by then is gone: the age alarm rings long before."""
KEEP_FAILED_DAYS = 14
"""SQS keeps nothing longer. Counted from when the job was first sent, so more than ``KEEP_DAYS``."""


class JobQueue(Construct):
    """Encrypted, TLS only, with a queue for jobs that failed too often.

    Its name is a contract with people: they move failed jobs back by it. It orders nothing and may deliver
    twice, as every standard queue: a job must bear being done again.

    Attributes:
        queue: The queue.
        failed: Its dead-letter queue; only ``queue`` may send to it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, config: model.Queue) -> None:
        super().__init__(scope, construct_id)
        self.failed = sqs.Queue(
            self,
            "Failed",
            queue_name=f"{name}-failed",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(KEEP_FAILED_DAYS),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(KEEP_DAYS),
            visibility_timeout=Duration.seconds(config.visibility_timeout_seconds),
            # An empty queue is asked three times a minute instead of without end.
            receive_message_wait_time=Duration.seconds(20),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.failed, max_receive_count=config.max_receives),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        # The queue is named by its ARN in words: a reference would go round in a circle.
        resource = self.failed.node.default_child
        assert isinstance(resource, sqs.CfnQueue)  # noqa: S101 - narrows jsii's type
        resource.redrive_allow_policy = {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [arn("sqs", name)],
        }

    @property
    def waiting(self) -> cloudwatch.Metric:
        """Messages that nobody has taken yet."""
        return self.queue.metric_approximate_number_of_messages_visible(
            statistic="Average", period=Duration.minutes(1)
        )

    @property
    def oldest_seconds(self) -> cloudwatch.Metric:
        """Age of the oldest message that is not done."""
        return self.queue.metric_approximate_age_of_oldest_message(
            statistic="Maximum", period=Duration.minutes(1)
        )

    @property
    def failed_waiting(self) -> cloudwatch.Metric:
        """Messages that failed too often, and wait for somebody to look."""
        return self.failed.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=Duration.minutes(1)
        )


def allow_sending(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Let ``role`` put messages into a queue, and nothing else."""
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])
    )


def allow_receiving(role: iam.IRole, queue: sqs.IQueue) -> None:
    """Let ``role`` take messages, keep or give them back, and delete those that are done."""
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=[
                "sqs:ReceiveMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
            ],
            resources=[queue.queue_arn],
        )
    )
