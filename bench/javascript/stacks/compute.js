const { CfnOutput } = require('aws-cdk-lib');
const ecr = require('aws-cdk-lib/aws-ecr');
const description = require('../description');
const { AppRunnerPlatform, AppRunnerService } = require('../constructs/app-runner');
const { allowObjects } = require('../constructs/bucket');
const { PRIVATE } = require('../constructs/network');
const { CambiumStack } = require('./base');

const { bucketName, repositoryName, secretsOf, serviceName, services, words } = description;

class ComputeStack extends CambiumStack {
  constructor(scope, { region, shard, network, data }) {
    super(scope, 'compute', { region, shard, text: 'Services on app-runner' });
    const platform = new AppRunnerPlatform(this, 'Platform', {
      vpc: network.vpc,
      subnets: PRIVATE,
      groups: network.groups[shard.key],
      members: [...new Set(services.map((service) => service.group))].sort(),
    });
    this.services = {};
    for (const service of services) {
      const connector = platform.connectors[service.group];
      this.services[service.name] = this.defineService(service, { region, shard, data, connector });
    }
  }

  defineService(service, { region, shard, data, connector }) {
    const built = new AppRunnerService(this, words(service.name), {
      service,
      connector,
      name: serviceName(service.name, shard),
      repository: ecr.Repository.fromRepositoryName(
        this,
        `${words(service.name)}Repository`,
        repositoryName(service.name),
      ),
      environment: environmentOf(service, region),
      secret: data.serviceSecrets[service.name],
      secretKeys: secretsOf(service),
      logDays: description.log_days,
      acknowledgement: description.environment.app_runner_acknowledgement,
    });
    for (const name of service.writes_buckets) allowObjects(built.role, bucketName(name, region.name));
    new CfnOutput(this, `${words(service.name)}Address`, {
      value: built.address,
      description: dns(service),
    });
    return built;
  }
}

function environmentOf(service, region) {
  const value = (stated) => {
    if (typeof stated === 'string') return stated;
    return stated.kind === 'bucket-name' ? bucketName(stated.bucket, region.name) : region.name;
  };
  return {
    ...Object.fromEntries(Object.entries(service.environment).map(([key, stated]) => [key, value(stated)])),
    ...revision(service),
  };
}

function revision(service) {
  if (!Object.keys(service.secrets).length) return {};
  const { credentials_version: version } = description.environment;
  return { CREDENTIALS_REVISION: `${version}.${description.database.read_replicas}` };
}

function dns({ name, hosts }) {
  if (!hosts.length) return `Address of ${name}`;
  return `DNS: after \`aws apprunner associate-custom-domain\`, CNAME ${hosts.join(' and ')} to this name`;
}

module.exports = { ComputeStack };
