const { Duration } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const route53 = require('aws-cdk-lib/aws-route53');
const { Construct } = require('constructs');

class OutsideView extends Construct {
  constructor(scope, id, { host, path }) {
    super(scope, id);
    this.healthCheck = new route53.CfnHealthCheck(this, 'HealthCheck', {
      healthCheckConfig: {
        type: 'HTTPS',
        fullyQualifiedDomainName: host,
        port: 443,
        resourcePath: path,
        requestInterval: 10,
        failureThreshold: 4,
        enableSni: true,
        measureLatency: false,
      },
    });
  }

  get metric() {
    return new cloudwatch.Metric({
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensionsMap: { HealthCheckId: this.healthCheck.attrHealthCheckId },
      statistic: 'Minimum',
      period: Duration.minutes(1),
    });
  }
}

module.exports = { OutsideView };
