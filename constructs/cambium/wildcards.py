"""Accepts a wildcard in a policy, named as cdk-nag names it: with references as ``<LogicalId.Attribute>``."""

import re
from typing import Any

from aws_cdk import Stack
from constructs import IConstruct

from cambium.acknowledge import acknowledge


def acknowledge_wildcards(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept resources with wildcards in the policies of ``construct`` and below it.

    Args:
        construct: Where the policies are.
        reasons: Resource, as it was given to the statement, to why it can be no narrower.
    """
    stack = Stack.of(construct)
    acknowledge(
        construct,
        {
            f"AwsSolutions-IAM5[Resource::{_as_found(stack.resolve(resource))}]": reason
            for resource, reason in reasons.items()
        },
    )


def _as_found(value: Any) -> str:
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_as_found(part) for part in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
    # A variable of the policy itself, such as ${aws:userid}.
    return re.sub(r"\$\{(.*?)\}", r"<\1>", str(value))
