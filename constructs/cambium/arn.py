"""ARNs of what is in the account and region of a stack."""

from aws_cdk import Aws


def arn(service: str, resource: str, *, region: str = Aws.REGION) -> str:
    """The ARN of ``resource`` of an AWS service, in this account; here, unless a region is named."""
    return f"arn:{Aws.PARTITION}:{service}:{region}:{Aws.ACCOUNT_ID}:{resource}"
