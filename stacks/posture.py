"""Decisions about findings that hold for the whole product; narrower ones stand beside their subject.

Each entry is read by an auditor: finding id, and why it is right here.
"""

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
