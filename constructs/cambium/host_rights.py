"""What a single host and its containers may do: read what it is given, report, and take its disk."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from cambium.arn import arn
from cambium.host_files import HostFiles
from cambium.wildcards import acknowledge_wildcards
from config.host import HOST_TAG

_RUN_COMMAND = tuple(
    f"ec2messages:{name}"
    for name in (
        *("AcknowledgeMessage", "DeleteMessage", "FailMessage"),
        *("GetEndpoint", "GetMessages", "SendReply"),
    )
)
"""What Run Command needs to hand over a release and to hear how it went."""


def allow_host(
    role: iam.Role,
    *,
    files: HostFiles,
    log_group: logs.ILogGroup,
    secret_arns: Sequence[str],
    namespace: str,
) -> None:
    """Let it read its files and secrets, write its log and metrics, and hear commands."""
    parameter = arn("ssm", f"parameter{files.parameter_name}")
    archive = f"{files.asset.bucket.bucket_arn}/{files.asset.s3_object_key}"
    for actions, resources in (
        (["ssm:GetParameter"], [parameter]),
        (["s3:GetObject"], [archive]),
        (["secretsmanager:GetSecretValue"], list(secret_arns)),
        (
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [log_group.log_group_arn],
        ),
        (list(_RUN_COMMAND), ["*"]),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
        )
    )


def allow_disk(role: iam.Role, *, name: str, volume_id: str) -> None:
    """Let it take the product's volume, which nothing else attaches."""
    machines = arn("ec2", "instance/*")
    role.add_to_policy(
        iam.PolicyStatement(actions=["ec2:AttachVolume"], resources=[arn("ec2", f"volume/{volume_id}")])
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["ec2:AttachVolume"],
            resources=[machines],
            conditions={"StringEquals": {f"ec2:ResourceTag/{HOST_TAG}": name}},
        )
    )
    bound = "bound to the tag of this product's machine, whose id is not known before it exists"
    acknowledge_wildcards(role, {machines: bound})
