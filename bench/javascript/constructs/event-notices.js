const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const { Construct } = require('constructs');

const NOTICES = {
  Database: {
    source: ['aws.rds'],
    detailType: ['RDS DB Instance Event'],
    detail: { EventCategories: ['availability', 'failover', 'failure', 'low storage'] },
  },
  FargateRelease: {
    source: ['aws.ecs'],
    detailType: ['ECS Deployment State Change'],
    detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
  },
  AppRunnerRelease: {
    source: ['aws.apprunner'],
    detailType: ['AppRunner Service Operation Status Change'],
    detail: { operationStatus: [{ suffix: { 'equals-ignore-case': 'failed' } }] },
  },
};

class EventNotices extends Construct {
  constructor(scope, id, { topic }) {
    super(scope, id);
    for (const [name, pattern] of Object.entries(NOTICES)) {
      new events.Rule(this, name, {
        description: `${pattern.detailType[0]}: ${name}`,
        eventPattern: pattern,
        targets: [new targets.SnsTopic(topic)],
      });
    }
  }
}

module.exports = { EventNotices };
