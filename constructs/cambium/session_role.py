"""The role of a machine that people may open a session on."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.acknowledge import acknowledge


def session_role(scope: Construct, construct_id: str, *, of: str) -> iam.Role:
    """What Session Manager needs and nothing else.

    Not ``AmazonSSMManagedInstanceCore``: with it a machine may read every parameter of the account.

    Args:
        scope: Where it belongs.
        construct_id: Its id.
        of: What the machine is, for people.
    """
    role = iam.Role(
        scope,
        construct_id,
        description=f"{of}: people may open a session on it, and it may nothing else",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        )
    )
    nameless = "channels of Session Manager have no names to allow by"
    acknowledge(role, {"AwsSolutions-IAM5[Resource::*]": nameless})
    return role
