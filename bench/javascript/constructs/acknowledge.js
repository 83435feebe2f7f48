const cdk = require('aws-cdk-lib');

function acknowledge(construct, reasons) {
  const entries = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  cdk.Validations.of(construct).acknowledge(...entries);
}

function acknowledgeLogRetention(scope) {
  const found = cdk.Stack.of(scope).node.tryFindChild('LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a');
  if (!found) return;
  acknowledge(found, {
    'AwsSolutions-IAM5[Resource::*]':
      "CDK's function sets the retention of log groups that AWS creates by itself, under names that are not known before",
  });
}

module.exports = { acknowledge, acknowledgeLogRetention };
