"""What CloudFormation is doing with a stack."""

import boto3
from botocore.config import Config

stacks = boto3.client("cloudformation", config=Config(connect_timeout=5, read_timeout=10))


def stack_status(stack_id: str) -> str:
    """Its status, such as ``UPDATE_ROLLBACK_IN_PROGRESS``."""
    (stack,) = stacks.describe_stacks(StackName=stack_id)["Stacks"]
    return stack["StackStatus"]
