const { Aws, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const s3 = require('aws-cdk-lib/aws-s3');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');

class PrivateBucket extends Construct {
  constructor(scope, id, { bucketName, config, replicaName }) {
    super(scope, id);
    const replica = replicaName ? s3.Bucket.fromBucketName(this, 'Replica', replicaName) : undefined;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      bucketName,
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      objectLockDefaultRetention: config.lock_days
        ? s3.ObjectLockRetention.governance(Duration.days(config.lock_days))
        : undefined,
      lifecycleRules: [lifecycle(config)],
      replicationRules: replica ? [{ destination: replica, priority: 1 }] : undefined,
    });
    if (replicaName) this.acknowledgeReplication(replicaName);
    const access = 'reads and writes of objects are recorded by the audit trail';
    acknowledge(this.bucket, {
      'AwsSolutions-S1': access,
      'HIPAA.Security-S3BucketLoggingEnabled': access,
      'HIPAA.Security-S3DefaultEncryptionKMS': 'encrypted with AES-256 by S3; the design asks for no key of its own',
    });
    if (!replicaName) {
      const without = 'only what the configuration names has a copy elsewhere; versions bring back the rest';
      acknowledge(this.bucket, { 'HIPAA.Security-S3BucketReplicationEnabled': without });
    }
  }

  acknowledgeReplication(replicaName) {
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild);
    const every = 'S3 replicates each object of this bucket to that one';
    acknowledge(this.bucket, {
      [`AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`]: every,
      [`AwsSolutions-IAM5[Resource::arn:aws:s3:::${replicaName}/*]`]: every,
    });
  }
}

function allowObjects(role, bucketName) {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::${bucketName}/*`],
    }),
  );
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucketName}/*]`]:
      'objects of the one bucket, under names the application chooses',
  });
}

function lifecycle(config) {
  const transitions = (config.transitions || []).map((step) => ({
    storageClass: new s3.StorageClass(step.storage_class),
    transitionAfter: Duration.days(step.after_days),
  }));
  return {
    id: 'Lifecycle',
    abortIncompleteMultipartUploadAfter: Duration.days(7),
    noncurrentVersionExpiration: Duration.days(config.keep_old_versions_days),
    expiration: config.expire_after_days ? Duration.days(config.expire_after_days) : undefined,
    transitions: transitions.length ? transitions : undefined,
  };
}

module.exports = { PrivateBucket, allowObjects };
