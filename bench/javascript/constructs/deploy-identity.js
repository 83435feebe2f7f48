const { Aws, Duration } = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');

const ISSUER = 'token.actions.githubusercontent.com';
const PUSH_AND_PULL = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];
const READ_STACKS = [
  'cloudformation:DescribeStackResources',
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplate',
  'cloudformation:ListStackResources',
];
const LIST_SERVICES = 'apprunner:ListServices';
const LIST_OPERATIONS = 'apprunner:ListOperations';
const RELEASE = {
  apprunner: [
    'apprunner:DescribeService',
    LIST_OPERATIONS,
    'apprunner:StartDeployment',
    'apprunner:UpdateService',
  ],
  ecs: ['ecs:DescribeServices', 'ecs:UpdateService'],
};

class DeployIdentity extends Construct {
  constructor(scope, id, spec) {
    super(scope, id);
    const { repository, application, environment, account, repositoryArns, releasedArns, systemsStacks } = spec;
    this.account = account;
    this.providerArn = repository.provider_arn ?? this.defineProvider();
    const approved = `environment:${environment}`;
    this.release = this.defineRole('Release', subjects(application, approved));
    this.allowPushing(this.release, repositoryArns);
    this.releasedArns = releasedArns;
    this.release.addToPolicy(new iam.PolicyStatement({ actions: [LIST_SERVICES], resources: ['*'] }));
    for (const [service, actions] of Object.entries(RELEASE)) this.allowReleased(this.release, actions, service);
    this.infrastructure = this.defineRole('Infrastructure', subjects(repository, approved), 4);
    this.allowBootstrapRoles(this.infrastructure, 'deploy', 'file-publishing', 'image-publishing', 'lookup');
    this.infrastructure.addToPolicy(new iam.PolicyStatement({ actions: [LIST_SERVICES], resources: ['*'] }));
    this.allowReleased(this.infrastructure, [LIST_OPERATIONS], 'apprunner');
    this.review = this.defineRole('Review', subjects(repository, 'pull_request', 'ref:refs/heads/main'));
    this.allowReadingTemplates(this.review, systemsStacks);
    const named = (arn) => [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${arn}]`,
      'what this product releases: in each region, and AWS adds an id to some names',
    ];
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]': 'registry log-in and listing take no resource',
      ...Object.fromEntries(releasedArns.map(named)),
    });
  }

  allowReleased(role, actions, service) {
    const arns = this.releasedArns.filter((arn) => arn.startsWith(`${service}:`));
    role.addToPolicy(
      new iam.PolicyStatement({ actions, resources: arns.map((arn) => `arn:${Aws.PARTITION}:${arn}`) }),
    );
  }

  defineProvider() {
    const provider = new iam.OidcProviderNative(this, 'GitHub', {
      url: `https://${ISSUER}`,
      clientIds: ['sts.amazonaws.com'],
    });
    return provider.oidcProviderArn;
  }

  defineRole(id, trusted, hours = 1) {
    return new iam.Role(this, id, {
      maxSessionDuration: Duration.hours(hours),
      assumedBy: new iam.WebIdentityPrincipal(this.providerArn, {
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${ISSUER}:sub`]: trusted },
      }),
    });
  }

  allowPushing(role, repositories) {
    role.addToPolicy(new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
    this.allow(role, repositories, PUSH_AND_PULL, "this product's repositories in each region");
  }

  allowReadingTemplates(role, stacks) {
    const each = 'in each region; AWS adds an id to the names of stacks';
    this.allow(role, `cloudformation:*:${this.account}:stack/${stacks}`, READ_STACKS, each);
    const version = `ssm:*:${this.account}:parameter/cdk-bootstrap/hnb659fds/version`;
    this.allow(role, version, ['ssm:GetParameter'], each);
  }

  allow(role, resource, actions, why) {
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: [`arn:${Aws.PARTITION}:${resource}`] }));
    acknowledge(role, { [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${resource}]`]: why });
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

function subjects({ owner, name, owner_id: ownerId, repository_id: repositoryId }, ...claims) {
  const names = [`${owner}/${name}`];
  if (ownerId && repositoryId) names.push(`${owner}@${ownerId}/${name}@${repositoryId}`);
  return names.flatMap((one) => claims.map((claim) => `repo:${one}:${claim}`));
}

module.exports = { DeployIdentity };
