const { CustomResource, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const cr = require('aws-cdk-lib/custom-resources');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');
const { ARCHITECTURE, RUNTIME, librariesLayer, runtimeCode } = require('./lambda-code');

const PACKAGE = 'connection_secrets';

class ConnectionSecrets extends Construct {
  constructor(scope, id, { vpc, subnets, securityGroup, version }) {
    super(scope, id);
    this.place = { vpc, vpcSubnets: subnets, securityGroups: [securityGroup] };
    this.version = version;
    this.layer = librariesLayer(this, 'Libraries');
    const waits = 'CloudFormation calls it, waits for the answer, and reports a failure as that of the stack';
    acknowledge(this, {
      'HIPAA.Security-LambdaConcurrency': waits,
      'HIPAA.Security-LambdaDLQ': waits,
      'AwsSolutions-L1': 'the runtime the tests of its libraries ran on',
    });
  }

  defineRoles(id, { master, host, port, database, roles }) {
    const fn = this.defineFunction(`${id}Function`, 'roles_handler');
    for (const secret of [master, ...roles.map((role) => role.secret)]) secret.grantRead(fn);
    return this.defineResource(id, fn, {
      MasterSecretArn: master.secretArn,
      Host: host,
      Port: port,
      Database: database,
      Roles: roles.map(({ name, kind, secret }) => ({ Name: name, Kind: kind, SecretArn: secret.secretArn })),
    });
  }

  defineUrls(id, { targets, sources }) {
    const fn = this.defineFunction(`${id}Function`, 'urls_handler');
    for (const secret of sources) secret.grantRead(fn);
    return targets.map(({ words, secret, urls, operatorKeys }) => {
      secret.grantRead(fn);
      secret.grantWrite(fn);
      const properties = { TargetSecretArn: secret.secretArn, Urls: urls, OperatorKeys: operatorKeys };
      return this.defineResource(`${id}${words}`, fn, properties, `${id}Provider`);
    });
  }

  defineFunction(id, handler) {
    return new lambda.Function(this, id, {
      runtime: RUNTIME,
      architecture: ARCHITECTURE,
      code: runtimeCode(PACKAGE),
      handler: `${PACKAGE}.${handler}.on_event`,
      layers: [this.layer],
      memorySize: 256,
      timeout: Duration.minutes(5),
      logGroup: this.defineLogGroup(`${id}Log`),
      environment: { POWERTOOLS_SERVICE_NAME: PACKAGE, POWERTOOLS_LOG_LEVEL: 'INFO' },
      ...this.place,
    });
  }

  defineLogGroup(id) {
    return new logs.LogGroup(this, id, {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  defineResource(id, fn, properties, providerId = `${id}Provider`) {
    const provider = this.provider(providerId, fn);
    return new CustomResource(this, id, {
      serviceToken: provider.serviceToken,
      resourceType: `Custom::${id}`,
      properties: { ...properties, Version: String(this.version) },
    });
  }

  provider(id, fn) {
    const existing = this.node.tryFindChild(id);
    if (existing) return existing;
    const provider = new cr.Provider(this, id, { onEventHandler: fn, logGroup: this.defineLogGroup(`${id}Log`) });
    const logicalId = Stack.of(this).getLogicalId(fn.node.defaultChild);
    acknowledge(provider, {
      [`AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`]:
        "versions of the one function that CDK's framework calls",
      'HIPAA.Security-LambdaInsideVPC': "CDK's framework only calls the function, which is inside",
    });
    return provider;
  }
}

module.exports = { ConnectionSecrets };
