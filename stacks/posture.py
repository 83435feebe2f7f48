"""The rules every template keeps, and decisions about findings that hold for the whole product.

Narrower decisions stand beside their subject.

Each entry is read by an auditor: finding id, and why it is right here.
"""

import aws_cdk as cdk
import cdk_nag

from cambium.acknowledge import acknowledge
from cambium.deploy_rules import DeployRules

_SERVICE_ROLE = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{}]"
_OWN_POLICY = "AWS's own policy for exactly this purpose; a copy of it would age"

STANDING_DECISIONS = {
    "HIPAA.Security-IAMNoInlinePolicy": "each policy belongs to one role, is written beside it, and goes "
    "with it",
    "HIPAA.Security-SecretsManagerUsingKMSKey": "encrypted with the account's own Secrets Manager key",
    "HIPAA.Security-CloudWatchLogGroupEncrypted": "CloudWatch Logs encrypts every group with AES-256; "
    "the design asks for AWS-managed keys",
    _SERVICE_ROLE.format("AWSLambdaBasicExecutionRole"): _OWN_POLICY,
    _SERVICE_ROLE.format("AWSLambdaVPCAccessExecutionRole"): _OWN_POLICY,
    _SERVICE_ROLE.format("AmazonRDSEnhancedMonitoringRole"): _OWN_POLICY,
}


def check(app: cdk.App, *, hipaa: bool) -> None:
    """Have the templates of ``app`` checked when it is synthesised: by our rules and by the rule packs."""
    packs: list[cdk.IPolicyValidationPlugin] = [DeployRules(), cdk_nag.AwsSolutionsChecks(app, verbose=True)]
    if hipaa:
        packs.append(cdk_nag.HIPAASecurityChecks(app, verbose=True))
    cdk.Validations.of(app).add_plugins(*packs)
    acknowledge(app, STANDING_DECISIONS)
