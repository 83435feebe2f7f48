"""What Notifications, those who listen to them, and the view from outside promise."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from cambium.event_notices import EventNotices
from cambium.notifications import Notifications
from cambium.outside_view import OutsideView
from cambium.slack_channel import SlackChannel
from config.alarms import Alarms, Slack
from config.watching import OutsideChecks
from support.assembly import text
from support.scenario import ACCOUNT, REGION, BuiltOf, scenario

SLACK = "AWS::Chatbot::SlackChannelConfiguration"
RULE = "AWS::Events::Rule"
TOPICS = [f"arn:aws:sns:{place}:{ACCOUNT}:shop-alarms" for place in ("us-east-1", REGION)]


@scenario
def by_mail(stack: cdk.Stack) -> None:
    Notifications(stack, "Notifications", name="shop", config=Alarms(emails=("a@shop.test", "b@shop.test")))


@scenario
def by_slack_too(stack: cdk.Stack) -> None:
    slack = Slack(workspace_id="T0123ABCD", channel_id="C0123ABCD")
    config = Alarms(emails=("a@shop.test",), slack=slack)
    Notifications(stack, "Notifications", name="shop", config=config)


@scenario
def a_channel(stack: cdk.Stack) -> None:
    slack = Slack(workspace_id="T0123ABCD", channel_id="C0123ABCD")
    SlackChannel(stack, "Slack", name="shop", topic_arns=TOPICS, config=slack)


@scenario
def notices(stack: cdk.Stack) -> None:
    EventNotices(stack, "Notices", topic=sns.Topic(stack, "Topic"))


@scenario
def hurried(stack: cdk.Stack) -> None:
    config = OutsideChecks(interval_seconds=10)
    OutsideView(stack, "View", host="api.shop.test", path="/ready", config=config)


@scenario
def from_outside(stack: cdk.Stack) -> None:
    OutsideView(stack, "View", host="api.shop.test", path="/ready", config=OutsideChecks())


def test_everybody_named_is_subscribed(built: BuiltOf) -> None:
    subscribed = built(by_mail).of_type("AWS::SNS::Subscription")

    assert {(one["Protocol"], one["Endpoint"]) for one in subscribed} == {
        ("email", "a@shop.test"),
        ("email", "b@shop.test"),
    }


def test_the_topic_is_encrypted_with_a_key_that_rotates(built: BuiltOf) -> None:
    key = built(by_mail).the("AWS::KMS::Key")

    assert key["EnableKeyRotation"] is True
    assert built(by_mail).the("AWS::SNS::Topic")["KmsMasterKeyId"]["Fn::GetAtt"][0] == key.logical_id


def test_a_topic_is_named_so_that_another_region_can_name_it(built: BuiltOf) -> None:
    assert built(by_mail).the("AWS::SNS::Topic")["TopicName"] == "shop"


def test_alarms_of_this_account_publish_and_those_of_another_do_not(built: BuiltOf) -> None:
    said = built(by_mail).the("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    (publish,) = [one for one in said if one["Effect"] == "Allow"]

    assert publish["Action"] == "sns:Publish"
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert publish["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("service", ["cloudwatch.amazonaws.com", "events.amazonaws.com"])
def test_whoever_publishes_may_use_the_key(built: BuiltOf, service: str) -> None:
    allowed = {
        action
        for statement in built(by_mail).the("AWS::KMS::Key")["KeyPolicy"]["Statement"]
        if service in statement["Principal"].get("Service", ())
        for action in statement["Action"]
    }

    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= allowed


def test_a11_a_slack_channel_hears_every_topic_it_is_given(built: BuiltOf) -> None:
    channel = built(a_channel).the(SLACK)

    assert (channel["SlackWorkspaceId"], channel["SlackChannelId"]) == ("T0123ABCD", "C0123ABCD")
    assert channel["SnsTopicArns"] == TOPICS


def test_a_channel_may_read_and_nothing_more_whatever_somebody_types(built: BuiltOf) -> None:
    (policy,) = built(a_channel).the(SLACK)["GuardrailPolicies"]

    assert text(policy) == "arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess"


def test_a_topic_defines_no_channel_since_an_account_takes_it_once(built: BuiltOf) -> None:
    assert not built(by_mail).of_type(SLACK)
    assert not built(by_slack_too).of_type(SLACK)


@pytest.mark.parametrize(
    ("source", "kind", "detail"),
    [
        (
            "aws.rds",
            "RDS DB Instance Event",
            {"EventCategories": ["availability", "failover", "failure", "low storage"]},
        ),
        ("aws.ecs", "ECS Deployment State Change", {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}),
        (
            "aws.apprunner",
            "AppRunner Service Operation Status Change",
            {"operationStatus": [{"suffix": {"equals-ignore-case": "failed"}}]},
        ),
    ],
)
def test_failovers_and_failed_releases_are_told(
    built: BuiltOf, source: str, kind: str, detail: dict[str, object]
) -> None:
    pattern = {"source": [source], "detail-type": [kind], "detail": detail}

    assert built(notices).the(RULE, EventPattern=pattern)["State"] == "ENABLED"


def test_every_notice_goes_to_the_topic_and_nothing_else_is_told(built: BuiltOf) -> None:
    topic = built(notices).the("AWS::SNS::Topic")
    rules = built(notices).of_type(RULE)
    said = built(notices).the("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]

    assert len(rules) == 3
    assert {target["Arn"]["Ref"] for rule in rules for target in rule["Targets"]} == {topic.logical_id}
    assert {"Service": "events.amazonaws.com"} in [one["Principal"] for one in said]


def test_outside_health_is_asked_twice_a_minute_unless_somebody_is_in_a_hurry(built: BuiltOf) -> None:
    def asks(how: Any) -> int:
        return int(built(how).the("AWS::Route53::HealthCheck")["HealthCheckConfig"]["RequestInterval"])

    assert (asks(from_outside), asks(hurried)) == (30, 10)


def test_outside_health_is_asked_over_https_by_host_name(built: BuiltOf) -> None:
    check = built(from_outside).the("AWS::Route53::HealthCheck")["HealthCheckConfig"]

    assert (check["Type"], check["Port"], check["EnableSNI"]) == ("HTTPS", 443, True)
    assert (check["FullyQualifiedDomainName"], check["ResourcePath"]) == ("api.shop.test", "/ready")
