"""How a workflow releases to a single host: one command of Systems Manager, with nothing free in it."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cambium.wildcards import acknowledge_wildcards

SECONDS = 2700
"""A release with a slow migration; after so long the command is ended, and the machine takes itself back."""


class HostRelease(Construct):
    """A Run Command document. It takes a tag and a verb; whoever may send it can run nothing else.

    Attributes:
        document: The document.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self.document = ssm.CfnDocument(
            self,
            "Document",
            name=name,
            document_type="Command",
            document_format="JSON",
            update_method="NewVersion",
            content={
                "schemaVersion": "2.2",
                "description": "Releases a tag to the host, or goes back to the release before",
                "parameters": {
                    "Action": {
                        "type": "String",
                        "description": "deploy or back",
                        "allowedValues": ["deploy", "back"],
                        "default": "deploy",
                    },
                    "Release": {
                        "type": "String",
                        "description": "The tag of the images; left out to go back",
                        "allowedPattern": "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
                        "default": "",
                    },
                },
                "mainSteps": [
                    {
                        "action": "aws:runShellScript",
                        "name": "release",
                        "inputs": {
                            "timeoutSeconds": str(SECONDS),
                            "runCommand": [
                                "set -euo pipefail",
                                "/usr/local/sbin/host-files",
                                "/usr/local/sbin/host secrets",
                                "/usr/local/sbin/host {{ Action }} {{ Release }}",
                            ],
                        },
                    }
                ],
            },
        )


def allow_host_release(role: iam.Role, *, account: str, prefix: str, tag: str) -> None:
    """Let ``role`` send that document to machines of this product, and hear how it went."""
    document = f"arn:{Aws.PARTITION}:ssm:*:{account}:document/{prefix}*-release"
    machines = f"arn:{Aws.PARTITION}:ec2:*:{account}:instance/*"
    role.add_to_policy(iam.PolicyStatement(actions=["ssm:SendCommand"], resources=[document]))
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["ssm:SendCommand"],
            resources=[machines],
            conditions={"StringLike": {f"ssm:resourceTag/{tag}": f"{prefix}*"}},
        )
    )
    role.add_to_policy(iam.PolicyStatement(actions=["ssm:ListCommandInvocations"], resources=["*"]))
    acknowledge_wildcards(
        role,
        {
            document: "this product's one document, in each of its regions",
            machines: "bound to the tag of this product's machines",
            "*": "results of commands take no resource",
        },
    )
