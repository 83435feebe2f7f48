"""What a firewall refuses: rule groups of AWS by names of our own, and which of them only count."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from config.values import Model, OptOut, worded

CountryCode = Annotated[str, worded(r"[A-Z]{2}", "a country code of two capital letters, such as DE")]

RuleName = Literal[
    "countries", "ip-reputation", "rate-limit", "bad-inputs", "sql-injection", "common", "bots"
]
"""In the order they are asked. ``common`` is AWS's core rule set, cross-site scripting among it."""
RULE_NAMES: tuple[RuleName, ...] = get_args(RuleName)

MANAGED_RULES: Mapping[RuleName, tuple[str, ...]] = {
    "ip-reputation": (
        *("AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"),
    ),
    "bad-inputs": (
        *("JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_BODY", "JavaDeserializationRCE_URIPATH"),
        *("JavaDeserializationRCE_QUERYSTRING", "Host_localhost_HEADER", "PROPFIND_METHOD"),
        *("ExploitablePaths_URIPATH", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY"),
        *("Log4JRCE_URIPATH", "ReactJSRCE_BODY"),
    ),
    "sql-injection": (
        *("SQLi_QUERYARGUMENTS", "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_BODY"),
        *("SQLiExtendedPatterns_BODY", "SQLi_COOKIE"),
    ),
    "common": (
        *("NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_QUERYSTRING"),
        *("SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH"),
        *("EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH"),
        *("EC2MetaDataSSRF_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH"),
        *("GenericLFI_BODY", "RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS"),
        *("GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY", "GenericRFI_URIPATH"),
        *("CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_BODY"),
        *("CrossSiteScripting_URIPATH",),
    ),
}
"""What can be counted inside a rule group of AWS.

WAF says nothing about a name that the group does not have, and goes on blocking. Source: AWS WAF developer
guide, "AWS Managed Rules rule groups list"; a rule that AWS adds later is added here to be counted.
"""

UPLOADS = "common/SizeRestrictions_BODY"
"""Refuses every body over 8 KiB: an upload, or a long form."""


class RuleOff(OptOut):
    """A rule that is left out."""

    rule: RuleName


class Firewall(Model):
    """A WAF web ACL on the load balancer, and one on the distribution where there is one.

    Each costs $5 a month, $1 for each rule, and $0.60 per million requests.
    """

    rate_limit_per_5_minutes: int = Field(default=2000, ge=10)
    """Requests of one address; WAF counts at least 10."""
    blocked_countries: tuple[CountryCode, ...] = Field(default=(), max_length=50)
    """WAF takes 50 in one rule."""
    bot_control: bool = False
    """AWS's bot rules: $10 a month and $1 per million requests."""
    count_only: bool = False
    """Count instead of block, to learn what would be blocked first."""
    count: frozenset[str] = frozenset({UPLOADS})
    """Rules that only count: ``common``, or one rule of a group as ``common/NoUserAgent_HEADER``.

    Bodies over 8 KiB are counted unless this is given: else the first photograph is refused. Of a longer body
    WAF inspects the beginning.
    """
    off: tuple[RuleOff, ...] = ()
    """Rules that are left out, each with its reason. Count them before."""
    alarm_blocked_per_5_minutes: int = Field(default=1000, ge=1)
    """Somebody is told when more requests than this are blocked."""
    log_days: int = Field(default=90, ge=1)
    """How long what was blocked or counted is kept: who, where and which rule, never cookies and tokens."""

    @model_validator(mode="after")
    def _check_counted(self) -> Self:
        for name in sorted(self.count):
            group, _, rule = name.partition("/")
            if group not in RULE_NAMES:
                raise ValueError(f"count must name rules of {', '.join(RULE_NAMES)}, got {name!r}")
            known = MANAGED_RULES.get(group, ())
            if "/" in name and rule not in known:
                raise ValueError(
                    f"count names a rule that {group} does not have, got {name!r}; "
                    f"it has {', '.join(known) or 'no rules to name'}"
                )
        return self

    @model_validator(mode="after")
    def _check_off(self) -> Self:
        left_out = [one.rule for one in self.off]
        if len(set(left_out)) != len(left_out):
            raise ValueError(f"off must name each rule once, got {', '.join(left_out)}")
        both = sorted({name.partition("/")[0] for name in self.count - {UPLOADS}} & set(left_out))
        if both:
            raise ValueError(f"a rule must be in count or in off, got {', '.join(both)} in both")
        return self

    @property
    def rules(self) -> tuple[RuleName, ...]:
        """The rules it has, in the order they are asked."""
        missing = {one.rule for one in self.off}
        if not self.blocked_countries:
            missing.add("countries")
        if not self.bot_control:
            missing.add("bots")
        return tuple(name for name in RULE_NAMES if name not in missing)

    def counts(self, rule: RuleName) -> bool:
        """Whether a rule only counts."""
        return self.count_only or rule in self.count

    def counted_inside(self, rule: RuleName) -> tuple[str, ...]:
        """Which rules of a group only count."""
        return tuple(sorted(name.partition("/")[2] for name in self.count if name.startswith(f"{rule}/")))
