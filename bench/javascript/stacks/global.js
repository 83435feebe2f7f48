const { Duration } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const description = require('../description');
const { Alarms } = require('../constructs/alarms');
const { Budget } = require('../constructs/budget');
const { Notifications } = require('../constructs/notifications');
const { OutsideView } = require('../constructs/outside-view');
const { CambiumStack } = require('./base');

class GlobalStack extends CambiumStack {
  constructor(scope, { emails }) {
    super(scope, 'global', { regionName: 'us-east-1', text: 'Budget, bill, and health as visitors see it' });
    const prefix = description.stackName('').slice(0, -1);
    const monthlyUsd = description.monthly_budget_usd;
    new Budget(this, 'Budget', { name: prefix, monthlyUsd, emails });
    const { action } = new Notifications(this, 'Notifications', { name: `${prefix}-global`, emails });
    this.alarms = new Alarms(this, 'Alarms', { prefix, action });
    this.watchBill(monthlyUsd);
    for (const { name, hosts, health } of description.services) {
      for (const host of hosts) this.watchHost(name, host, health.path);
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
      minutes: 1,
      what: `This month's bill passed ${monthlyUsd} USD`,
      act: 'open Cost Explorer by service; if growth explains it, raise monthly_budget_usd',
      runbook: 'monthly-spend',
    });
  }

  watchHost(service, host, path) {
    const view = new OutsideView(this, `View${description.words(service)}`, { host, path });
    this.alarms.define(`${description.words(service)}Unhealthy`, {
      name: `${service}-unhealthy`,
      metric: view.metric,
      threshold: 1,
      minutes: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: cloudwatch.TreatMissingData.BREACHING,
      what: `https://${host}${path} failed more than 3 checks in a row from outside`,
      act: "look at the service's health in the console, then at DNS and certificate",
      runbook: 'service-unhealthy',
    });
  }
}

module.exports = { GlobalStack };
