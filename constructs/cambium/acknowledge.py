"""Accepts a finding of a rule pack, with the reason in the code beside what it is about."""

import aws_cdk as cdk
from constructs import Construct, IConstruct


def acknowledge(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings on ``construct`` and everything below it.

    Args:
        construct: Where the finding is; the narrower, the better.
        reasons: Rule id, with its finding in brackets where the rule has several
            (``AwsSolutions-IAM5[Resource::*]``), to why it is right here.
    """
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items())
    )


def acknowledge_log_retention(scope: Construct) -> None:
    """Accept what CDK's own log retention function needs, once a construct of the stack uses it."""
    function = cdk.Stack.of(scope).node.try_find_child("LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a")
    if function is not None:
        acknowledge(
            function,
            {
                "AwsSolutions-IAM5[Resource::*]": "CDK's function sets the retention of log groups that AWS "
                "creates by itself, under names that are not known before"
            },
        )
