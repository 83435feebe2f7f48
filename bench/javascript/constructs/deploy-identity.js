const { Aws, Duration } = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');

const ISSUER = 'token.actions.githubusercontent.com';
const UPDATE_SERVICES = [
  'apprunner:DescribeService',
  'apprunner:ListOperations',
  'apprunner:StartDeployment',
  'apprunner:UpdateService',
  'ecs:DescribeServices',
  'ecs:UpdateService',
];

class DeployIdentity extends Construct {
  constructor(scope, id, { repository, environment, account, images, serviceArns }) {
    super(scope, id);
    this.repository = `repo:${repository.owner}/${repository.name}`;
    this.account = account;
    this.provider = new iam.OidcProviderNative(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIds: ['sts.amazonaws.com'],
    });
    this.release = this.defineRole('Release', [`environment:${environment}`, 'ref:refs/heads/main']);
    for (const image of images) image.grantPullPush(this.release);
    this.release.addToPolicy(new iam.PolicyStatement({ actions: ['apprunner:ListServices'], resources: ['*'] }));
    this.release.addToPolicy(
      new iam.PolicyStatement({
        actions: UPDATE_SERVICES,
        resources: serviceArns.map((arn) => `arn:${Aws.PARTITION}:${arn}`),
      }),
    );
    this.infrastructure = this.defineRole('Infrastructure', [`environment:${environment}`], 4);
    this.allowBootstrapRoles(this.infrastructure, 'deploy', 'file-publishing', 'image-publishing', 'lookup');
    this.review = this.defineRole('Review', ['pull_request', 'ref:refs/heads/main']);
    this.allowBootstrapRoles(this.review, 'lookup');
    const named = (arn) => [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${arn}]`,
      'services of this product: AWS adds an id to their names',
    ];
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]': 'registry log-in and listing take no resource',
      ...Object.fromEntries(serviceArns.map(named)),
    });
  }

  defineRole(id, claims, hours = 1) {
    return new iam.Role(this, id, {
      maxSessionDuration: Duration.hours(hours),
      assumedBy: new iam.WebIdentityPrincipal(this.provider.oidcProviderArn, {
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${ISSUER}:sub`]: claims.map((claim) => `${this.repository}:${claim}`) },
      }),
    });
  }

  allowBootstrapRoles(role, ...names) {
    const arns = names.map((name) => `iam::${this.account}:role/cdk-hnb659fds-${name}-role-${this.account}-*`);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: arns.map((arn) => `arn:${Aws.PARTITION}:${arn}`),
      }),
    );
    const accepted = (arn) => [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${arn}]`, 'one for each region'];
    acknowledge(role, Object.fromEntries(arns.map(accepted)));
  }
}

module.exports = { DeployIdentity };
