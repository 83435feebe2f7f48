"""The record of tenants: what each is, every operation on it, and certificates of deletion."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

EXPIRES = "expires_at"
"""Only the memory of requests that were answered has it: after a day it goes by itself."""


class TenantRegistry(Construct):
    """A table that outlives its stack, and can be read as it was at any moment of the last 35 days.

    Attributes:
        table: The table; its items are sorted below the tenant's id.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, protected: bool) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            table_name=name,
            partition_key=dynamodb.Attribute(name="tenant", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute=EXPIRES,
            sort_key=dynamodb.Attribute(name="item", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=protected,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
