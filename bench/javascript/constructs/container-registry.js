const { Duration, RemovalPolicy } = require('aws-cdk-lib');
const ecr = require('aws-cdk-lib/aws-ecr');
const { Construct } = require('constructs');
const { words } = require('../description');

class ContainerRegistry extends Construct {
  constructor(scope, id, names) {
    super(scope, id);
    for (const [service, name] of Object.entries(names)) this.define(service, name);
  }

  define(service, repositoryName) {
    const repository = new ecr.Repository(this, words(service), {
      repositoryName,
      encryption: ecr.RepositoryEncryption.AES_256,
      imageScanOnPush: true,
      imageTagMutability: ecr.TagMutability.MUTABLE,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    repository.addLifecycleRule({
      rulePriority: 1,
      description: 'Untagged images go',
      tagStatus: ecr.TagStatus.UNTAGGED,
      maxImageAge: Duration.days(30),
    });
    repository.addLifecycleRule({
      rulePriority: 2,
      description: 'The newest tagged images stay',
      tagStatus: ecr.TagStatus.TAGGED,
      tagPatternList: ['*'],
      maxImageCount: 10,
    });
  }
}

module.exports = { ContainerRegistry };
