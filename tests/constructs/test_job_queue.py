"""A queue of jobs keeps what fails, and who sends cannot take."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cambium.job_queue import JobQueue, allow_receiving, allow_sending
from config.storage import Queue
from support.scenario import BuiltOf, scenario


@scenario
def jobs(stack: cdk.Stack) -> None:
    config = Queue(name="jobs", max_receives=4, visibility_timeout_seconds=90)
    queue = JobQueue(stack, "Jobs", name="shop-jobs", config=config).queue
    for name, allow in (("Sender", allow_sending), ("Worker", allow_receiving)):
        allow(iam.Role(stack, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com")), queue)


def test_d5_a_job_that_fails_as_often_as_stated_is_put_aside(built: BuiltOf) -> None:
    queue = built(jobs).the("AWS::SQS::Queue", QueueName="shop-jobs")
    failed = built(jobs).the("AWS::SQS::Queue", QueueName="shop-jobs-failed")

    assert queue["VisibilityTimeout"] == 90
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [failed.logical_id, "Arn"]},
        "maxReceiveCount": 4,
    }


def test_d5_what_failed_is_kept_longer_than_what_waits(built: BuiltOf) -> None:
    queue = built(jobs).the("AWS::SQS::Queue", QueueName="shop-jobs")
    failed = built(jobs).the("AWS::SQS::Queue", QueueName="shop-jobs-failed")

    assert (queue["MessageRetentionPeriod"], failed["MessageRetentionPeriod"]) == (345600, 1209600)


def test_d5_nothing_is_lost_with_the_stack(built: BuiltOf) -> None:
    for queue in built(jobs).of_type("AWS::SQS::Queue"):
        assert queue.outlives_its_stack
        assert queue.body["UpdateReplacePolicy"] == "Retain"


def test_d5_each_role_may_do_its_half(built: BuiltOf) -> None:
    said = {}
    for policy in built(jobs).of_type("AWS::IAM::Policy"):
        (statement,) = policy["PolicyDocument"]["Statement"]
        actions = statement["Action"]
        said[policy.logical_id[:6]] = {actions} if isinstance(actions, str) else set(actions)

    assert said["Sender"] == {"sqs:SendMessage"}
    assert not said["Sender"] & said["Worker"]
    assert {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"} <= said["Worker"]
