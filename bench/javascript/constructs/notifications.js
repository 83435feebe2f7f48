const { Duration, RemovalPolicy } = require('aws-cdk-lib');
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
    const alarms = () => new iam.ServicePrincipal('cloudwatch.amazonaws.com');
    key.grantEncryptDecrypt(alarms());
    this.topic = new sns.Topic(this, 'Topic', { displayName: name, masterKey: key, enforceSSL: true });
    this.topic.grantPublish(alarms());
    for (const email of emails) this.topic.addSubscription(new subscriptions.EmailSubscription(email));
    this.action = new actions.SnsAction(this.topic);
  }
}

module.exports = { Notifications };
