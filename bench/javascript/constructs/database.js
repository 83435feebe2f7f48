const { CfnDeletionPolicy, Duration, RemovalPolicy } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const rds = require('aws-cdk-lib/aws-rds');
const { Construct } = require('constructs');
const { acknowledge, acknowledgeLogRetention } = require('./acknowledge');
const { retention } = require('./retention');

const PASSWORD_EXCLUDES = '/@" \'%:?#[]&=+\\`{}|<>^~$;,!*()';
const PAGES_PER_MIB = 128;

class Database extends Construct {
  constructor(scope, id, { vpc, subnets, securityGroup, secretName, logDays, config }) {
    super(scope, id);
    const engine = rds.DatabaseInstanceEngine.postgres({
      version: rds.PostgresEngineVersion.of(config.version, config.version.split('.')[0]),
    });
    this.parameters = new rds.ParameterGroup(this, 'Parameters', {
      engine,
      parameters: parameters(config),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.subnets = new rds.SubnetGroup(this, 'Subnets', {
      vpc,
      vpcSubnets: subnets,
      description: `Database ${config.name}`,
    });
    this.masterCredentials = new rds.DatabaseSecret(this, 'MasterCredentials', {
      username: config.master_username,
      secretName,
      excludeCharacters: PASSWORD_EXCLUDES,
    });
    this.masterCredentials.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.instance = this.defineInstance(engine, { vpc, securityGroup, logDays, config });
    acknowledgeLogRetention(this);
    const byRunbook = 'the master login is used by deployments only, and rotated by its runbook';
    acknowledge(this, {
      'AwsSolutions-RDS11': 'the port is no secret: only the access table opens it',
      'HIPAA.Security-RDSInBackupPlan': 'RDS keeps backups for point-in-time recovery itself',
      'AwsSolutions-SMG4': byRunbook,
      'HIPAA.Security-SecretsManagerRotationEnabled': byRunbook,
    });
  }

  metric(name, statistic = 'Average', minutes = 1) {
    return this.instance.metric(name, { statistic, period: Duration.minutes(minutes) });
  }

  defineInstance(engine, { vpc, securityGroup, logDays, config }) {
    const instance = new rds.DatabaseInstance(this, 'Instance', {
      engine,
      credentials: rds.Credentials.fromSecret(this.masterCredentials),
      databaseName: config.name,
      instanceType: new ec2.InstanceType(config.instance_class),
      allocatedStorage: config.storage_gib,
      maxAllocatedStorage: config.max_storage_gib,
      storageType: rds.StorageType.GP3,
      iops: config.iops ?? undefined,
      storageEncrypted: true,
      multiAz: config.multi_az,
      vpc,
      subnetGroup: this.subnets,
      securityGroups: [securityGroup],
      port: config.port,
      publiclyAccessible: false,
      parameterGroup: this.parameters,
      backupRetention: Duration.days(config.backup_days),
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: config.deletion_protection === true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      iamAuthentication: true,
      autoMinorVersionUpgrade: true,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
      databaseInsightsMode: rds.DatabaseInsightsMode[config.insights.toUpperCase()],
      performanceInsightRetention:
        rds.PerformanceInsightRetention[config.insights === 'advanced' ? 'MONTHS_15' : 'DEFAULT'],
      monitoringInterval: Duration.seconds(config.enhanced_monitoring_seconds),
      cloudwatchLogsExports: ['postgresql', 'upgrade'],
      cloudwatchLogsRetention: retention(logDays),
    });
    instance.node.defaultChild.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    return instance;
  }
}

function parameters(config) {
  return {
    max_connections: String(config.max_connections),
    shared_buffers: String(config.shared_buffers_mib * PAGES_PER_MIB),
    effective_cache_size: String(config.effective_cache_size_mib * PAGES_PER_MIB),
    work_mem: String(config.work_mem_mib * 1024),
    maintenance_work_mem: String(config.maintenance_work_mem_mib * 1024),
    'rds.force_ssl': '1',
    log_connections: '1',
    log_disconnections: '1',
    log_statement: 'ddl',
  };
}

module.exports = { Database, PASSWORD_EXCLUDES };
