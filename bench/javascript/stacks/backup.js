const { Aws, CfnOutput } = require('aws-cdk-lib');
const { bucketName, environment, system } = require('../description');
const { BackupIdentity } = require('../constructs/backup-identity');
const { CambiumStack } = require('./base');

class BackupStack extends CambiumStack {
  constructor(scope, { region, shard, bucket, data }) {
    super(scope, 'backup', { region, shard, text: 'The role of backup jobs' });
    const { role } = new BackupIdentity(this, 'Identity', {
      bucketName: bucketName(bucket, region.name),
      encryptionKey: data.backupSecret,
      databaseArn: data.database.instance.instanceArn,
      snapshotArn: `arn:${Aws.PARTITION}:rds:${region.name}:${environment.account}:snapshot:${system}-*`,
    });
    new CfnOutput(this, 'BackupRole', { value: role.roleArn, description: 'Role of backup jobs' });
  }
}

module.exports = { BackupStack };
