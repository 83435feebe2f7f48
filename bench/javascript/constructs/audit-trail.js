const { Duration, RemovalPolicy } = require('aws-cdk-lib');
const cloudtrail = require('aws-cdk-lib/aws-cloudtrail');
const s3 = require('aws-cdk-lib/aws-s3');
const { Construct } = require('constructs');
const { words } = require('../description');
const { acknowledge } = require('./acknowledge');

class AuditTrail extends Construct {
  constructor(scope, id, { bucketName, keepDays, watchedBuckets }) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Records', {
      bucketName,
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          id: 'Lifecycle',
          expiration: Duration.days(keepDays),
          noncurrentVersionExpiration: Duration.days(30),
          transitions: [{ storageClass: s3.StorageClass.GLACIER, transitionAfter: Duration.days(90) }],
        },
      ],
    });
    const trail = new cloudtrail.Trail(this, 'Trail', {
      bucket: this.bucket,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableFileValidation: true,
    });
    if (watchedBuckets.length) {
      const named = (name) => ({ bucket: s3.Bucket.fromBucketName(this, words(name), name) });
      trail.addS3EventSelector(watchedBuckets.map(named));
    }
    const loop = 'the bucket of the records would record itself without end';
    acknowledge(this, {
      'AwsSolutions-S1': loop,
      'HIPAA.Security-S3BucketLoggingEnabled': loop,
      'HIPAA.Security-S3DefaultEncryptionKMS': 'encrypted with AES-256 by S3',
      'HIPAA.Security-S3BucketReplicationEnabled': 'versioned and validated by digest files',
      'HIPAA.Security-CloudTrailCloudWatchLogsEnabled':
        'the records are read from S3; a second copy in CloudWatch is billed by the gigabyte',
      'HIPAA.Security-CloudTrailEncryptionEnabled': 'encrypted with AES-256 by S3',
    });
  }
}

module.exports = { AuditTrail };
