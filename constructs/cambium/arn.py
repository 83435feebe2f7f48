"""ARNs of what is in the account and region of a stack."""

from aws_cdk import Aws


def arn(service: str, resource: str) -> str:
    """The ARN of ``resource`` of an AWS service, here."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"
