const serviceRole = (name) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`;
const OWN_POLICY = "AWS's own policy for exactly this purpose; a copy of it would age";

const STANDING_DECISIONS = {
  'HIPAA.Security-IAMNoInlinePolicy': 'each policy belongs to one role, is written beside it, and goes with it',
  'HIPAA.Security-SecretsManagerUsingKMSKey': "encrypted with the account's own Secrets Manager key",
  'HIPAA.Security-CloudWatchLogGroupEncrypted':
    'CloudWatch Logs encrypts every group with AES-256; the design asks for AWS-managed keys',
  [serviceRole('AWSLambdaBasicExecutionRole')]: OWN_POLICY,
  [serviceRole('AWSLambdaVPCAccessExecutionRole')]: OWN_POLICY,
  [serviceRole('AmazonRDSEnhancedMonitoringRole')]: OWN_POLICY,
};

module.exports = { STANDING_DECISIONS };
