"""What a firewall stopped or counted, without what would let a reader in."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from cambium.retention import retention

NEVER_LOGGED = ("authorization", "cookie")
"""Headers that say who somebody is."""
LOGGED = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")


class FirewallLog(Construct):
    """The log of a web ACL. Requests that were let through are not in it: services log those.

    WAF writes only into groups whose name begins with ``aws-waf-logs-``. Having a name, the group goes with
    its firewall: one that stayed would be in the way of the next.

    Attributes:
        group: The log group.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, web_acl_arn: str, days: int
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = logs.LogGroup(
            self,
            "Group",
            log_group_name=f"aws-waf-logs-{name}",
            retention=retention(days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=web_acl_arn,
            # Without the ":*" that the group's own ARN ends in.
            log_destination_configs=[
                Stack.of(self).format_arn(service="logs", resource=f"log-group:{self.group.log_group_name}")
            ],
            redacted_fields=[
                waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": header})
                for header in NEVER_LOGGED
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": action}} for action in LOGGED],
                    }
                ],
            },
        )
