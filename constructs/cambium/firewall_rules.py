"""The rules of a web ACL: groups of AWS, blocked countries, and requests of one address."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_wafv2 as waf

from config.firewall import Firewall, RuleName

MANAGED: dict[RuleName, str] = {
    "ip-reputation": "AWSManagedRulesAmazonIpReputationList",
    "bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "sql-injection": "AWSManagedRulesSQLiRuleSet",
    "common": "AWSManagedRulesCommonRuleSet",
    "bots": "AWSManagedRulesBotControlRuleSet",
}
"""25, 200, 200, 700 and 50 capacity units; the basic price includes 1,500 (AWS WAF developer guide)."""
PRIORITIES: dict[RuleName, int] = {
    "countries": 10,
    "ip-reputation": 20,
    "rate-limit": 30,
    "bad-inputs": 40,
    "sql-injection": 50,
    "common": 60,
    "bots": 70,
}
"""The cheapest question first, and bots last: they are paid by the request. A number never moves."""
WINDOW_SECONDS = 300

_Statement = waf.CfnWebACL.StatementProperty


def rules(
    config: Firewall, *, metric: str, unlimited_hosts: Sequence[str]
) -> list[waf.CfnWebACL.RuleProperty]:
    """Every rule of ``config``.

    Args:
        config: Which rules, and which of them only count.
        metric: What the metric of each rule begins with.
        unlimited_hosts: Hosts whose requests the rate limit leaves alone.
    """
    return [_rule(config, name, metric, unlimited_hosts) for name in config.rules]


def _rule(
    config: Firewall, name: RuleName, metric: str, unlimited_hosts: Sequence[str]
) -> waf.CfnWebACL.RuleProperty:
    counts = config.counts(name)
    common: dict[str, Any] = {
        "name": name,
        "priority": PRIORITIES[name],
        "visibility_config": visibility(f"{metric}-{name}"),
    }
    if name in MANAGED:
        # A group's own actions hold, unless all of them are to count.
        override: dict[str, Any] = {"count": {}} if counts else {"none": {}}
        return waf.CfnWebACL.RuleProperty(
            **common,
            statement=_group(config, name),
            override_action=waf.CfnWebACL.OverrideActionProperty(**override),
        )
    action: dict[str, Any] = {"count": {}} if counts else {"block": {}}
    return waf.CfnWebACL.RuleProperty(
        **common,
        statement=_countries(config) if name == "countries" else _rate(config, unlimited_hosts),
        action=waf.CfnWebACL.RuleActionProperty(**action),
    )


def _group(config: Firewall, name: RuleName) -> _Statement:
    overrides = [
        waf.CfnWebACL.RuleActionOverrideProperty(
            name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
        )
        for rule in config.counted_inside(name)
    ]
    return _Statement(
        managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
            vendor_name="AWS",
            name=MANAGED[name],
            rule_action_overrides=overrides or None,
            managed_rule_group_configs=_bot_level() if name == "bots" else None,
        )
    )


def _bot_level() -> list[waf.CfnWebACL.ManagedRuleGroupConfigProperty]:
    # The group demands a level; the other one costs $10 per million requests.
    level = waf.CfnWebACL.AWSManagedRulesBotControlRuleSetProperty(inspection_level="COMMON")
    return [waf.CfnWebACL.ManagedRuleGroupConfigProperty(aws_managed_rules_bot_control_rule_set=level)]


def _countries(config: Firewall) -> _Statement:
    codes = list(config.blocked_countries)
    return _Statement(geo_match_statement=waf.CfnWebACL.GeoMatchStatementProperty(country_codes=codes))


def _rate(config: Firewall, unlimited_hosts: Sequence[str]) -> _Statement:
    return _Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
            limit=config.rate_limit_per_5_minutes,
            aggregate_key_type="IP",
            evaluation_window_sec=WINDOW_SECONDS,
            scope_down_statement=_not_one_of(unlimited_hosts) if unlimited_hosts else None,
        )
    )


def _not_one_of(hosts: Sequence[str]) -> _Statement:
    found = [_host_is(host) for host in hosts]
    # WAF refuses an "or" of one.
    one_of = (
        found[0]
        if len(found) == 1
        else _Statement(or_statement=waf.CfnWebACL.OrStatementProperty(statements=found))
    )
    return _Statement(not_statement=waf.CfnWebACL.NotStatementProperty(statement=one_of))


def _host_is(host: str) -> _Statement:
    return _Statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(single_header={"Name": "host"}),
            positional_constraint="EXACTLY",
            search_string=host,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="LOWERCASE")],
        )
    )


def visibility(metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Metrics under a name, and samples of what was asked."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        metric_name=metric, cloud_watch_metrics_enabled=True, sampled_requests_enabled=True
    )
