const { RemovalPolicy } = require('aws-cdk-lib');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');
const { PASSWORD_EXCLUDES } = require('./database');

class ServiceSecret extends Construct {
  constructor(scope, id, { secretName, description }) {
    super(scope, id);
    const resource = new secretsmanager.CfnSecret(this, 'Resource', { name: secretName, description });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.secret = secretsmanager.Secret.fromSecretCompleteArn(this, 'Secret', resource.ref);
    const byHand = 'third-party keys change at the third party; an operator puts the new one in';
    acknowledge(this, { 'AwsSolutions-SMG4': byHand, 'HIPAA.Security-SecretsManagerRotationEnabled': byHand });
  }
}

class RoleSecret extends Construct {
  constructor(scope, id, { secretName, username }) {
    super(scope, id);
    this.secret = new secretsmanager.Secret(this, 'Secret', {
      secretName,
      description: `Login of database role ${username}`,
      generateSecretString: {
        secretStringTemplate: `{"username":"${username}"}`,
        generateStringKey: 'password',
        excludeCharacters: PASSWORD_EXCLUDES,
        passwordLength: 40,
      },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const runbook = 'rotated by the runbook, which rolls the services in the same step';
    acknowledge(this.secret, { 'AwsSolutions-SMG4': runbook, 'HIPAA.Security-SecretsManagerRotationEnabled': runbook });
  }
}

module.exports = { ServiceSecret, RoleSecret };
