const { Duration } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const description = require('../description');
const { Alarms } = require('../constructs/alarms');
const { Budget } = require('../constructs/budget');
const { Notifications } = require('../constructs/notifications');
const { OutsideView } = require('../constructs/outside-view');
const { CambiumStack } = require('./base');

class GlobalStack extends CambiumStack {
  constructor(scope) {
    super(scope, 'global', { regionName: 'us-east-1', text: 'Budget, bill, and health as visitors see it' });
    const { emails } = description.environment.alarms;
    new Budget(this, 'Budget', { monthlyUsd: description.monthly_budget_usd, emails: emails ?? [] });
    if (emails) this.watch(emails);
  }

  watch(emails) {
    const prefix = description.stackName('').slice(0, -1);
    const { action } = new Notifications(this, 'Notifications', { name: description.topicName(), emails });
    this.alarms = new Alarms(this, 'Alarms', { prefix, action });
    this.watchBill(description.monthly_budget_usd);
    for (const { name, hosts, health } of description.services) {
      hosts.forEach((host, number) => {
        this.watchHost(number ? `${name}-${number + 1}` : name, host, health.path);
      });
    }
  }

  watchBill(monthlyUsd) {
    this.alarms.define('MonthlySpend', {
      name: 'monthly-spend',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Billing',
        metricName: 'EstimatedCharges',
        dimensionsMap: { Currency: 'USD' },
        statistic: 'Maximum',
        period: Duration.hours(6),
      }),
      threshold: monthlyUsd,
      periods: 1,
      what: `This month's bill passed ${monthlyUsd} USD`,
      act: 'open Cost Explorer by service; if growth explains it, raise monthly_budget_usd',
      runbook: 'monthly-spend',
    });
  }

  watchHost(name, host, path) {
    const view = new OutsideView(this, `View${description.words(name)}`, { host, path });
    this.alarms.define(`${description.words(name)}Unhealthy`, {
      name: `${name}-unhealthy`,
      metric: view.metric,
      threshold: 1,
      periods: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: cloudwatch.TreatMissingData.BREACHING,
      what: `https://${host}${path} failed more than 3 checks in a row from outside`,
      act: "look at the service's health in the console, then at DNS and certificate",
      runbook: 'service-unhealthy',
    });
  }
}

module.exports = { GlobalStack };
