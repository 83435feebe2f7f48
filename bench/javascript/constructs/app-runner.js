const { Duration, Fn } = require('aws-cdk-lib');
const apprunner = require('aws-cdk-lib/aws-apprunner');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const iam = require('aws-cdk-lib/aws-iam');
const logs = require('aws-cdk-lib/aws-logs');
const { Construct } = require('constructs');
const { words } = require('../description');
const { acknowledge, acknowledgeLogRetention } = require('./acknowledge');
const { retention } = require('./retention');

class AppRunnerPlatform extends Construct {
  constructor(scope, id, { vpc, subnets, groups, members }) {
    super(scope, id);
    const { subnetIds } = vpc.selectSubnets(subnets);
    this.connectors = {};
    for (const name of members) {
      this.connectors[name] = new apprunner.CfnVpcConnector(this, `Connector${words(name)}`, {
        subnets: subnetIds,
        securityGroups: [groups[name].securityGroupId],
      });
    }
  }
}

class AppRunnerService extends Construct {
  constructor(scope, id, spec) {
    super(scope, id);
    this.spec = spec;
    const role = new iam.Role(this, 'InstanceRole', {
      assumedBy: new iam.ServicePrincipal('tasks.apprunner.amazonaws.com'),
    });
    if (spec.secret) {
      const actions = ['secretsmanager:GetSecretValue'];
      role.addToPolicy(new iam.PolicyStatement({ actions, resources: [spec.secret.secretArn] }));
    }
    const access = new iam.Role(this, 'AccessRole', {
      assumedBy: new iam.ServicePrincipal('build.apprunner.amazonaws.com'),
    });
    spec.repository.grantPull(access);
    spec.repository.grant(access, 'ecr:DescribeImages');
    this.service = this.defineService(role, access);
    this.service.node.addDependency(role, access);
    this.service.addMetadata('cambium:app-runner-acknowledged', spec.acknowledgement);
    this.role = role;
    this.address = this.service.attrServiceUrl;
    this.metrics = new AppRunnerMetrics(spec.name, this.service.attrServiceId);
    for (const kind of ['application', 'service']) this.keepLogs(kind);
    acknowledgeLogRetention(this);
    acknowledge(access, { 'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken takes no resource' });
  }

  defineService(role, access) {
    const { name, service, connector } = this.spec;
    const scaling = new apprunner.CfnAutoScalingConfiguration(this, 'Scaling', {
      autoScalingConfigurationName: name,
      minSize: service.scaling.min,
      maxSize: service.scaling.max,
      maxConcurrency: service.scaling.concurrency,
    });
    return new apprunner.CfnService(this, 'Service', {
      serviceName: name,
      autoScalingConfigurationArn: scaling.attrAutoScalingConfigurationArn,
      sourceConfiguration: {
        autoDeploymentsEnabled: true,
        authenticationConfiguration: { accessRoleArn: access.roleArn },
        imageRepository: this.image(),
      },
      instanceConfiguration: {
        cpu: `${service.cpu / 1024} vCPU`,
        memory: `${service.memory_mib / 1024} GB`,
        instanceRoleArn: role.roleArn,
      },
      healthCheckConfiguration: {
        protocol: 'HTTP',
        path: service.health.path,
        interval: service.health.interval_seconds,
        timeout: service.health.timeout_seconds,
        healthyThreshold: service.health.healthy_threshold,
        unhealthyThreshold: service.health.unhealthy_threshold,
      },
      networkConfiguration: {
        egressConfiguration: { egressType: 'VPC', vpcConnectorArn: connector.attrVpcConnectorArn },
        ingressConfiguration: { isPubliclyAccessible: service.public },
      },
    });
  }

  image() {
    const { service, repository, environment, secret, secretKeys } = this.spec;
    return {
      imageIdentifier: repository.repositoryUriForTag('latest'),
      imageRepositoryType: 'ECR',
      imageConfiguration: {
        port: String(service.port),
        runtimeEnvironmentVariables: Object.entries(environment).map(([name, value]) => ({ name, value })),
        runtimeEnvironmentSecrets: (secret ? secretKeys : []).map((key) => ({
          name: key,
          value: `${secret.secretArn}:${key}::`,
        })),
      },
    };
  }

  keepLogs(kind) {
    new logs.LogRetention(this, `${words(kind)}Logs`, {
      logGroupName: Fn.join('/', ['/aws/apprunner', this.spec.name, this.service.attrServiceId, kind]),
      retention: retention(this.spec.logDays),
    });
  }
}

class AppRunnerMetrics {
  constructor(name, serviceId) {
    this.name = name;
    this.dimensionsMap = { ServiceName: name, ServiceID: serviceId };
  }

  get requests() {
    return this.metric('Requests', 'Sum');
  }

  get serverErrors() {
    return this.metric('5xxStatusResponses', 'Sum');
  }

  get clientErrors() {
    return this.metric('4xxStatusResponses', 'Sum');
  }

  latencyMs(statistic) {
    return this.metric('RequestLatency', statistic);
  }

  get instances() {
    return this.metric('ActiveInstances', 'Maximum');
  }

  get cpuPercent() {
    return this.perInstance('CPUUtilization');
  }

  get memoryPercent() {
    return this.perInstance('MemoryUtilization');
  }

  metric(metricName, statistic) {
    return new cloudwatch.Metric({
      namespace: 'AWS/AppRunner',
      metricName,
      dimensionsMap: this.dimensionsMap,
      statistic,
      period: Duration.minutes(1),
    });
  }

  perInstance(label) {
    const schema = '{AWS/AppRunner,InstanceID,ServiceID,ServiceName}';
    return new cloudwatch.MathExpression({
      expression: `SEARCH('${schema} MetricName="${label}" ServiceName="${this.name}"', 'Average', 60)`,
      usingMetrics: {},
      label,
      period: Duration.minutes(1),
    });
  }
}

module.exports = { AppRunnerPlatform, AppRunnerService };
