const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const { Construct } = require('constructs');
const { errorPercent } = require('./alarms');

const graph = (title, metrics) => new cloudwatch.GraphWidget({ title, left: metrics, width: 6, height: 6 });

class Dashboard extends Construct {
  constructor(scope, id, { name }) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', { dashboardName: name });
  }

  showAlarms(alarms) {
    this.dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 }));
  }

  showServices(services) {
    const all = Object.values(services);
    const rates = Object.entries(services).map(([name, metrics], number) => errorPercent(metrics, name, `${number}`));
    this.dashboard.addWidgets(
      graph('Requests per minute', all.map((metrics) => metrics.requests)),
      graph('Error rate: 5xx of all (%)', rates),
      graph('Active instances', all.map((metrics) => metrics.instances)),
      graph('Client errors: 4xx per minute', all.map((metrics) => metrics.clientErrors)),
    );
    for (const [name, metrics] of Object.entries(services)) {
      this.dashboard.addWidgets(
        graph(`${name}: response time (ms)`, ['p50', 'p95', 'p99'].map((statistic) => metrics.latencyMs(statistic))),
        graph(`${name}: CPU (%)`, [metrics.cpuPercent]),
        graph(`${name}: memory (%)`, [metrics.memoryPercent]),
      );
    }
  }

  showDatabase(database) {
    this.dashboard.addWidgets(
      graph('Database: connections', [database.metric('DatabaseConnections', 'Maximum')]),
      graph('Database: CPU (%)', [database.metric('CPUUtilization')]),
      graph('Database: free storage (bytes)', [database.metric('FreeStorageSpace', 'Minimum')]),
      graph('Database: IOPS', [database.metric('ReadIOPS'), database.metric('WriteIOPS')]),
      graph('Database: latency (s)', [database.metric('ReadLatency'), database.metric('WriteLatency')]),
    );
  }

  showCache(cache) {
    this.dashboard.addWidgets(
      graph('Cache: memory (%)', [cache.metric('DatabaseMemoryUsagePercentage', 'Maximum')]),
      graph('Cache: connections', [cache.metric('CurrConnections', 'Maximum')]),
      graph('Cache: hits and misses', [cache.metric('CacheHits', 'Sum'), cache.metric('CacheMisses', 'Sum')]),
      graph('Cache: CPU of the engine (%)', [cache.metric('EngineCPUUtilization', 'Maximum')]),
    );
    this.dashboard.addWidgets(
      graph('Cache: network (bytes per minute)', [
        cache.metric('NetworkBytesIn', 'Sum'),
        cache.metric('NetworkBytesOut', 'Sum'),
      ]),
    );
  }
}

module.exports = { Dashboard };
