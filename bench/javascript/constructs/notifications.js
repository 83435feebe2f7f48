const { Aws, Duration, RemovalPolicy } = require('aws-cdk-lib');
const actions = require('aws-cdk-lib/aws-cloudwatch-actions');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const sns = require('aws-cdk-lib/aws-sns');
const subscriptions = require('aws-cdk-lib/aws-sns-subscriptions');
const { Construct } = require('constructs');

class Notifications extends Construct {
  constructor(scope, id, { name, emails }) {
    super(scope, id);
    const key = new kms.Key(this, 'Key', {
      description: `Notifications of ${name}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const service of ['cloudwatch', 'events']) {
      key.grantEncryptDecrypt(new iam.ServicePrincipal(`${service}.amazonaws.com`));
    }
    this.topic = new sns.Topic(this, 'Topic', {
      topicName: name,
      displayName: name,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    for (const email of emails) this.topic.addSubscription(new subscriptions.EmailSubscription(email));
    this.action = new actions.SnsAction(this.topic);
  }
}

module.exports = { Notifications };
