"""What Notifications and the alarms behind them promise."""

import aws_cdk as cdk

from cambium.notifications import Notifications
from cambium.outside_view import OutsideView
from config.alarms import Alarms, Slack
from support.scenario import BuiltOf, scenario

SLACK = "AWS::Chatbot::SlackChannelConfiguration"


@scenario
def by_mail(stack: cdk.Stack) -> None:
    Notifications(stack, "Notifications", name="shop", config=Alarms(emails=("a@shop.test", "b@shop.test")))


@scenario
def by_slack_too(stack: cdk.Stack) -> None:
    slack = Slack(workspace_id="T0123ABCD", channel_id="C0123ABCD")
    config = Alarms(emails=("a@shop.test",), slack=slack)
    Notifications(stack, "Notifications", name="shop", config=config)


@scenario
def from_outside(stack: cdk.Stack) -> None:
    OutsideView(stack, "View", host="api.shop.test", path="/ready")


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


def test_a11_slack_hears_of_it_when_a_channel_is_configured(built: BuiltOf) -> None:
    channel, topic = built(by_slack_too).the(SLACK), built(by_slack_too).the("AWS::SNS::Topic")

    assert (channel["SlackWorkspaceId"], channel["SlackChannelId"]) == ("T0123ABCD", "C0123ABCD")
    assert channel["SnsTopicArns"] == [{"Ref": topic.logical_id}]


def test_a_channel_may_read_and_nothing_more_whatever_somebody_types(built: BuiltOf) -> None:
    (policy,) = built(by_slack_too).the(SLACK)["GuardrailPolicies"]

    assert str(policy).endswith("iam::aws:policy/ReadOnlyAccess']]}")


def test_without_a_channel_nothing_of_slack_exists(built: BuiltOf) -> None:
    assert not built(by_mail).of_type(SLACK)


def test_outside_health_is_asked_over_https_by_host_name(built: BuiltOf) -> None:
    check = built(from_outside).the("AWS::Route53::HealthCheck")["HealthCheckConfig"]

    assert (check["Type"], check["Port"], check["EnableSNI"]) == ("HTTPS", 443, True)
    assert (check["FullyQualifiedDomainName"], check["ResourcePath"]) == ("api.shop.test", "/ready")
