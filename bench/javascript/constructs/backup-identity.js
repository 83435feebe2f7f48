const { Aws } = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');

class BackupIdentity extends Construct {
  constructor(scope, id, { bucketName, encryptionKey, databaseArn, snapshotArn }) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      description: 'Backup jobs: put backups, read their encryption key, snapshot the database',
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
        new iam.ServicePrincipal('lambda.amazonaws.com'),
      ),
    });
    this.allow('s3:PutObject', `arn:${Aws.PARTITION}:s3:::${bucketName}/*`);
    this.allow('secretsmanager:GetSecretValue', encryptionKey.secretArn);
    this.allow('rds:CreateDBSnapshot', databaseArn, snapshotArn);
    acknowledge(this.role, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucketName}/*]`]:
        'objects of the one bucket, under names the job chooses',
      [`AwsSolutions-IAM5[Resource::${snapshotArn.replace(Aws.PARTITION, '<AWS::Partition>')}]`]:
        'RDS authorises the name of a new snapshot',
    });
  }

  allow(action, ...resources) {
    this.role.addToPolicy(new iam.PolicyStatement({ actions: [action], resources }));
  }
}

module.exports = { BackupIdentity };
