"""How a single host is told to read its secrets again: one command of Systems Manager, without parameters."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cambium.arn import arn
from cambium.rollout import Rollout
from config.host import HOST_TAG

SECONDS = 900
"""Health, drain and five smoke tests take three minutes; nothing is migrated."""


class HostRefresh(Construct):
    """A Run Command document. Whoever may send it can start what is live anew, and nothing else.

    Attributes:
        document: The document.
        rollout: As ``runtime/rotation`` is told it: the machine as a whole.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, machine: str) -> None:
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
                "description": "Starts the live release anew beside itself, with the secrets of now",
                "mainSteps": [
                    {
                        "action": "aws:runShellScript",
                        "name": "refresh",
                        "inputs": {
                            "timeoutSeconds": str(SECONDS),
                            "runCommand": [
                                "set -euo pipefail",
                                # A machine that was set up long ago may not know the last line yet.
                                "/usr/local/sbin/host-files",
                                "/usr/local/sbin/host secrets",
                                "/usr/local/sbin/host refresh",
                            ],
                        },
                    }
                ],
            },
        )
        self.rollout = _rollout(name, machine)


def _rollout(document: str, machine: str) -> Rollout:
    only_it = {"StringEquals": {f"ssm:resourceTag/{HOST_TAG}": machine}}
    return Rollout(
        entry={"Kind": "host", "Service": machine, "Document": document, "Tag": f"{HOST_TAG}={machine}"},
        statements=[
            iam.PolicyStatement(actions=["ssm:SendCommand"], resources=[arn("ssm", f"document/{document}")]),
            iam.PolicyStatement(
                actions=["ssm:SendCommand"], resources=[arn("ec2", "instance/*")], conditions=only_it
            ),
            iam.PolicyStatement(actions=["ssm:ListCommands"], resources=["*"]),
        ],
        wildcards={
            arn("ec2", "instance/*"): "bound to the tag of this product's machine, which is replaced at times"
        },
    )
