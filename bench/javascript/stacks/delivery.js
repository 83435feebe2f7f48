const { CfnOutput } = require('aws-cdk-lib');
const { environment, home, repositoryName, services, stackName, system } = require('../description');
const { ContainerRegistry } = require('../constructs/container-registry');
const { DeployIdentity } = require('../constructs/deploy-identity');
const { CambiumStack } = require('./base');

class DeliveryStack extends CambiumStack {
  constructor(scope, region) {
    super(scope, 'delivery', {
      region,
      text: 'Container repositories, and the roles of the deployment workflows',
    });
    const names = Object.fromEntries(services.map(({ name }) => [name, repositoryName(name)]));
    new ContainerRegistry(this, 'Registry', names);
    if (environment.github && region === home) this.defineIdentity();
  }

  defineIdentity() {
    const { account } = environment;
    const identity = new DeployIdentity(this, 'Identity', {
      repository: environment.github,
      application: environment.application ?? environment.github,
      environment: environment.name,
      account,
      repositoryArns: `ecr:*:${account}:repository/${system}-*`,
      releasedArns: [`apprunner:*:${account}:service/${system}-*`, `ecs:*:${account}:service/*/${system}-*`],
      systemsStacks: `${stackName('')}*`,
    });
    const roles = {
      ReleaseRole: identity.release,
      InfrastructureRole: identity.infrastructure,
      ReviewRole: identity.review,
    };
    for (const [id, role] of Object.entries(roles)) {
      new CfnOutput(this, id, { value: role.roleArn, description: 'For the variables of the GitHub repository' });
    }
  }
}

module.exports = { DeliveryStack };
