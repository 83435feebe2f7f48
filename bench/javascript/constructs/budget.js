const budgets = require('aws-cdk-lib/aws-budgets');
const { Construct } = require('constructs');

class Budget extends Construct {
  constructor(scope, id, { monthlyUsd, emails }) {
    super(scope, id);
    const subscribers = emails.map((address) => ({ address, subscriptionType: 'EMAIL' }));
    new budgets.CfnBudget(this, 'Monthly', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: (emails.length ? [80, 100] : []).map((threshold) => ({
        notification: {
          comparisonOperator: 'GREATER_THAN',
          notificationType: 'ACTUAL',
          threshold,
          thresholdType: 'PERCENTAGE',
        },
        subscribers,
      })),
    });
  }
}

module.exports = { Budget };
