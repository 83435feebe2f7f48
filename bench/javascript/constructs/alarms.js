const { Duration } = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const { Construct } = require('constructs');
const { runbookUrl, words } = require('../description');

const BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD;

class Alarms extends Construct {
  constructor(scope, id, { prefix, action }) {
    super(scope, id);
    this.prefix = prefix;
    this.action = action;
    this.alarms = [];
  }

  watchService(name, metrics) {
    this.define(`${words(name)}Errors`, {
      name: `${name}-errors`,
      metric: errorPercent(metrics, '5xx (%)'),
      threshold: 1,
      periods: 5,
      what: `More than 1 % of the requests to ${name} failed for 5 minutes`,
      act: 'read its log; if a release went out just before, go back to the image before it',
      runbook: 'service-errors',
    });
    this.define(`${words(name)}Latency`, {
      name: `${name}-latency`,
      metric: metrics.latencyMs('p99'),
      threshold: 1000,
      periods: 5,
      what: `1 in 100 requests to ${name} took longer than 1000 ms for 5 minutes`,
      act: 'look at database CPU and connections first, then at the number of instances',
      runbook: 'service-latency',
    });
  }

  watchDatabase(database, config) {
    const connections = Math.floor((config.max_connections * 80) / 100);
    this.define('DatabaseConnections', {
      name: 'database-connections',
      metric: database.metric('DatabaseConnections', 'Maximum'),
      threshold: connections,
      periods: 5,
      what: `The database holds more than ${connections} of ${config.max_connections} connections`,
      act: 'find who holds them; beyond the limit new ones are refused',
      runbook: 'database-connections',
    });
    this.define('DatabaseCpu', {
      name: 'database-cpu',
      metric: database.metric('CPUUtilization'),
      threshold: 80,
      periods: 10,
      what: 'The database used more than 80 % CPU for 10 minutes',
      act: 'find the statements in Database Insights; if it stays, the next phase is due',
      runbook: 'database-cpu',
    });
    const free = Math.floor((config.storage_gib * (100 - config.storage_alarm_percent)) / 100);
    this.define('DatabaseStorage', {
      name: 'database-storage',
      metric: database.metric('FreeStorageSpace', 'Minimum'),
      threshold: free * 1024 ** 3,
      periods: 5,
      comparison: BELOW,
      what: `The database has less than ${free} GiB of free storage`,
      act: `storage grows by itself up to ${config.max_storage_gib} GiB: check that it does, and raise the ceiling`,
      runbook: 'database-storage',
    });
    const freeMib = Math.floor((config.memory_mib * 5) / 100);
    this.define('DatabaseMemory', {
      name: 'database-memory',
      metric: database.metric('FreeableMemory', 'Minimum'),
      threshold: freeMib * 1024 ** 2,
      periods: 10,
      comparison: BELOW,
      what: `The database has had less than ${freeMib} MiB of free memory for 10 minutes`,
      act: 'look for many large sorts at once (work_mem counts for each); else take a larger class',
      runbook: 'database-memory',
    });
    if (config.instance_class.startsWith('t')) this.watchCredits(database);
  }

  watchCredits(database) {
    this.define('DatabaseCredits', {
      name: 'database-cpu-credits',
      metric: database.metric('CPUSurplusCreditsCharged', 'Maximum', 5),
      threshold: 0,
      periods: 2,
      what: 'The burstable database has used up its CPU credits, and AWS bills more',
      act: 'it is busy all day: move to a fixed-size class',
      runbook: 'database-cpu',
    });
  }

  watchCache(cache) {
    this.define('CacheMemory', {
      name: 'cache-memory',
      metric: cache.metric('DatabaseMemoryUsagePercentage', 'Maximum'),
      threshold: 80,
      periods: 10,
      what: 'The cache used more than 80 % of its memory for 10 minutes',
      act: 'look for keys without expiry; if all are needed, take the next node type',
      runbook: 'cache-memory',
    });
  }

  define(id, { name, metric, threshold, periods, what, act, runbook, comparison, missing }) {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName: `${this.prefix}-${name}`,
      alarmDescription: `${what}. What to do: ${act}. Runbook: ${runbookUrl(runbook)}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
    this.alarms.push(alarm);
  }
}

function errorPercent(metrics, label, ids = '') {
  return new cloudwatch.MathExpression({
    expression: `IF(requests${ids} > 0, 100 * errors${ids} / requests${ids}, 0)`,
    usingMetrics: { [`requests${ids}`]: metrics.requests, [`errors${ids}`]: metrics.serverErrors },
    label,
    period: Duration.minutes(1),
  });
}

module.exports = { Alarms, errorPercent };
