const { Duration, RemovalPolicy } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const elasticache = require('aws-cdk-lib/aws-elasticache');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');

class Cache extends Construct {
  constructor(scope, id, { vpc, subnets, securityGroup, secretName, config }) {
    super(scope, id);
    const encrypted = config.transit_encryption === true;
    this.authToken = encrypted ? this.defineAuthToken(secretName) : undefined;
    const subnetGroup = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: `Cache of ${this.node.path}`,
      subnetIds: vpc.selectSubnets(subnets).subnetIds,
    });
    const several = config.replicas > 0;
    this.group = new elasticache.CfnReplicationGroup(this, 'Group', {
      replicationGroupDescription: `Cache of ${this.node.path}`,
      engine: config.engine,
      engineVersion: config.version,
      cacheNodeType: `cache.${config.node_type}`,
      numCacheClusters: config.replicas + 1,
      automaticFailoverEnabled: several,
      multiAzEnabled: several,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: encrypted,
      authToken: this.authToken?.secretValueFromJson('password').unsafeUnwrap(),
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: [securityGroup.securityGroupId],
      port: config.port,
      snapshotRetentionLimit: config.snapshot_days,
      autoMinorVersionUpgrade: true,
    });
    this.group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const ephemeral = 'what it holds may be lost: holds, rate limits, idempotency keys';
    const byRunbook = 'the password changes with its runbook: clients hold connections';
    acknowledge(this, {
      'AwsSolutions-AEC5': 'the port is no secret: only the access table opens it',
      'HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup': ephemeral,
      'AwsSolutions-SMG4': byRunbook,
      'HIPAA.Security-SecretsManagerRotationEnabled': byRunbook,
      ...(several ? {} : { 'AwsSolutions-AEC4': ephemeral }),
    });
  }

  metric(metricName, statistic = 'Average') {
    return new cloudwatch.Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { CacheClusterId: `${this.group.ref}-001` },
      statistic,
      period: Duration.minutes(1),
    });
  }

  defineAuthToken(secretName) {
    return new secretsmanager.Secret(this, 'AuthToken', {
      secretName,
      description: 'Password of the cache',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'password',
        excludePunctuation: true,
        passwordLength: 64,
      },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

module.exports = { Cache };
