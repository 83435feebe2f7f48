"""The table organization -> region and shard: one table with a copy in every region."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.arn import arn

RECOVERY_DAYS = 35
"""Days of point-in-time recovery: as long as DynamoDB keeps them."""
READ = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"]
COUNT = ["dynamodb:Scan"]
WRITE = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]


class RoutingTable(Construct):
    """A DynamoDB global table whose copies agree within about a second, and which outlives its stack.

    The last write wins where two regions write at once, so write in its own region only; reads are local.
    CloudFormation adds one copy in a deployment: the model refuses a phase that would add more.

    Attributes:
        table: The table.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, table_name: str, replica_regions: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            table_name=table_name,
            partition_key=dynamodb.Attribute(name="organization", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=RECOVERY_DAYS
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            replicas=[dynamodb.ReplicaTableProps(region=region) for region in replica_regions],
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` read entries, here."""
        return grant(grantee, self.table.table_name, READ)

    def grant_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` read, count and change entries, here."""
        return grant(grantee, self.table.table_name, [*READ, *COUNT, *WRITE])


def grant(grantee: iam.IGrantable, table_name: str, actions: Sequence[str]) -> iam.Grant:
    """Let ``grantee`` do something with the copy of the table in the region of its own stack."""
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=list(actions), resource_arns=[arn("dynamodb", f"table/{table_name}")]
    )
