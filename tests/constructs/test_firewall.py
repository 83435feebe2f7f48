"""What a firewall stops, what it only counts, and what it writes down."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from cambium.alarms import Alarms
from cambium.firewall import Firewall, Reach
from config.firewall import Firewall as FirewallConfig
from config.firewall import RuleOff
from support.assembly import text
from support.scenario import BuiltOf, Define, scenario

ACL = "AWS::WAFv2::WebACL"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/1"


def define(stack: cdk.Stack, config: FirewallConfig, reach: Reach = "REGIONAL", *hosts: str) -> Firewall:
    return Firewall(stack, "Firewall", name="shop-test", reach=reach, config=config, unlimited_hosts=hosts)


@scenario
def full(stack: cdk.Stack) -> None:
    config = FirewallConfig(rate_limit_per_5_minutes=500, blocked_countries=("KP",), bot_control=True)
    firewall = define(stack, config)
    firewall.protect("LoadBalancer", BALANCER)
    alarms = Alarms(
        stack,
        "Alarms",
        prefix="shop-test",
        action=actions.SnsAction(sns.Topic(stack, "Topic")),
        runbook_url="docs/runbooks/{}.md".format,
    )
    firewall.define_alarms(alarms)


@scenario
def least(stack: cdk.Stack) -> None:
    define(stack, FirewallConfig())


@scenario
def counting(stack: cdk.Stack) -> None:
    define(stack, FirewallConfig(count_only=True, blocked_countries=("KP",)))


@scenario
def switched(stack: cdk.Stack) -> None:
    define(
        stack,
        FirewallConfig(
            count=frozenset({"rate-limit", "sql-injection", "common/NoUserAgent_HEADER"}),
            off=(RuleOff(rule="bad-inputs", reason="the product is a WebDAV server"),),
        ),
    )


@scenario
def behind_cloudfront(stack: cdk.Stack) -> None:
    define(stack, FirewallConfig(), "REGIONAL", "shop.test")


@scenario
def behind_cloudfront_twice(stack: cdk.Stack) -> None:
    define(stack, FirewallConfig(), "REGIONAL", "shop.test", "www.shop.test")


@scenario
def before_cloudfront(stack: cdk.Stack) -> None:
    define(stack, FirewallConfig(), "CLOUDFRONT")


def rules(built: BuiltOf, of: Define) -> dict[str, Any]:
    found = sorted(built(of).the(ACL)["Rules"], key=lambda rule: int(rule["Priority"]))
    return {rule["Name"]: rule for rule in found}


def verdicts(built: BuiltOf, of: Define) -> set[str]:
    """What rules do: ``None`` lets a group of AWS decide, which blocks."""
    return {
        verdict
        for rule in rules(built, of).values()
        for verdict in (rule.get("Action") or rule["OverrideAction"])
    }


def test_d7_every_kind_of_attack_of_the_document_has_its_rule(built: BuiltOf) -> None:
    found = rules(built, full)
    groups = {
        name: rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for name, rule in found.items()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }

    assert groups == {
        "ip-reputation": "AWSManagedRulesAmazonIpReputationList",
        "bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
        "sql-injection": "AWSManagedRulesSQLiRuleSet",
        "common": "AWSManagedRulesCommonRuleSet",
        "bots": "AWSManagedRulesBotControlRuleSet",
    }
    assert found["countries"]["Statement"] == {"GeoMatchStatement": {"CountryCodes": ["KP"]}}
    assert found["rate-limit"]["Statement"]["RateBasedStatement"] == {
        "Limit": 500,
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 300,
    }
    assert verdicts(built, full) == {"Block", "None"}


def test_d7_rules_are_asked_in_one_order_whichever_there_are(built: BuiltOf) -> None:
    everything, fewer = rules(built, full), rules(built, least)

    assert list(everything) == [
        *("countries", "ip-reputation", "rate-limit", "bad-inputs", "sql-injection", "common", "bots"),
    ]
    assert list(fewer) == [name for name in everything if name not in ("countries", "bots")]
    assert all(fewer[name]["Priority"] == everything[name]["Priority"] for name in fewer)


def test_d7_bots_are_a_switch_at_the_level_that_costs_less(built: BuiltOf) -> None:
    group = rules(built, full)["bots"]["Statement"]["ManagedRuleGroupStatement"]

    assert group["ManagedRuleGroupConfigs"] == [
        {"AWSManagedRulesBotControlRuleSet": {"InspectionLevel": "COMMON"}}
    ]
    assert "bots" not in rules(built, least)


def test_d7_everything_can_be_counted_first(built: BuiltOf) -> None:
    assert verdicts(built, counting) == {"Count"}


def test_d7_single_rules_count_or_are_left_out(built: BuiltOf) -> None:
    found = rules(built, switched)

    assert found["rate-limit"]["Action"] == {"Count": {}}
    assert found["sql-injection"]["OverrideAction"] == {"Count": {}}
    assert found["common"]["OverrideAction"] == {"None": {}}
    assert found["common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"] == [
        {"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}
    ]
    assert "bad-inputs" not in found


def test_d7_an_upload_is_not_refused_for_its_size_unless_asked_for(built: BuiltOf) -> None:
    group = rules(built, least)["common"]["Statement"]["ManagedRuleGroupStatement"]

    assert [one["Name"] for one in group["RuleActionOverrides"]] == ["SizeRestrictions_BODY"]


def test_visitors_behind_cloudfront_are_limited_there_and_not_all_at_once(built: BuiltOf) -> None:
    limit = rules(built, behind_cloudfront)["rate-limit"]["Statement"]["RateBasedStatement"]
    match = limit["ScopeDownStatement"]["NotStatement"]["Statement"]["ByteMatchStatement"]

    assert match["FieldToMatch"] == {"SingleHeader": {"Name": "host"}}
    assert (match["SearchString"], match["PositionalConstraint"]) == ("shop.test", "EXACTLY")


def test_several_hosts_behind_cloudfront_are_one_exception(built: BuiltOf) -> None:
    limit = rules(built, behind_cloudfront_twice)["rate-limit"]["Statement"]["RateBasedStatement"]
    found = limit["ScopeDownStatement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"]

    assert [one["ByteMatchStatement"]["SearchString"] for one in found] == ["shop.test", "www.shop.test"]


@pytest.mark.parametrize(("of", "reach"), [(full, "REGIONAL"), (before_cloudfront, "CLOUDFRONT")])
def test_d7_it_stands_before_what_it_can_reach(built: BuiltOf, of: Define, reach: str) -> None:
    assert built(of).the(ACL)["Scope"] == reach


def test_d7_it_is_tied_to_the_load_balancer(built: BuiltOf) -> None:
    tie = built(full).the("AWS::WAFv2::WebACLAssociation")

    assert tie["ResourceArn"] == BALANCER
    assert tie["WebACLArn"] == {"Fn::GetAtt": [built(full).the(ACL).logical_id, "Arn"]}


def test_d7_its_log_has_what_was_stopped_and_nothing_that_lets_a_reader_in(built: BuiltOf) -> None:
    group = built(full).the("AWS::Logs::LogGroup")
    logging = built(full).the("AWS::WAFv2::LoggingConfiguration")
    (kept,) = logging["LoggingFilter"]["Filters"]

    assert (group["LogGroupName"], group["RetentionInDays"]) == ("aws-waf-logs-shop-test", 90)
    assert text(logging["LogDestinationConfigs"][0]).endswith(f":log-group:<{group.logical_id}>")
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert [one["ActionCondition"]["Action"] for one in kept["Conditions"]] == [
        *("BLOCK", "COUNT", "EXCLUDED_AS_COUNT"),
    ]
    assert [one["SingleHeader"]["Name"] for one in logging["RedactedFields"]] == ["authorization", "cookie"]


def test_d7_a_jump_of_blocked_requests_is_told(built: BuiltOf) -> None:
    alarm = built(full).the("AWS::CloudWatch::Alarm")
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/WAFV2", "BlockedRequests")
    assert (alarm["Threshold"], alarm["Period"], alarm["Statistic"]) == (1000, 300, "Sum")
    assert dimensions == {"WebACL": "shop-test", "Rule": "ALL", "Region": "eu-central-1"}
    assert built(full).the(ACL)["VisibilityConfig"]["MetricName"] == "shop-test"
    assert "docs/runbooks/firewall-blocks.md" in alarm["AlarmDescription"]
