const description = require('../description');
const { Alarms } = require('../constructs/alarms');
const { Dashboard } = require('../constructs/dashboard');
const { EventNotices } = require('../constructs/event-notices');
const { Notifications } = require('../constructs/notifications');
const { CambiumStack } = require('./base');

class ObservabilityStack extends CambiumStack {
  constructor(scope, { region, shard, compute, data }) {
    super(scope, 'observability', { region, shard, text: 'Alarms, who hears them, and the dashboard' });
    this.topicName = description.topicName(region, shard);
    this.firstOfRegion = shard === region.shards[0];
    const prefix = description.stackName('', region, shard).slice(0, -1);
    const services = Object.entries(compute.services).map(([name, service]) => [name, service.metrics]);
    const dashboard = new Dashboard(this, 'Dashboard', { name: prefix });
    dashboard.showAlarms(this.defineAlarms(prefix, services, data));
    dashboard.showServices(Object.fromEntries(services));
    dashboard.showDatabase(data.database);
    dashboard.showCache(data.cache);
  }

  defineAlarms(prefix, services, data) {
    const { emails } = description.environment.alarms;
    const { action, topic } = new Notifications(this, 'Notifications', { name: this.topicName, emails });
    if (this.firstOfRegion) new EventNotices(this, 'Notices', { topic });
    const alarms = new Alarms(this, 'Alarms', { prefix, action });
    for (const [name, metrics] of services) alarms.watchService(name, metrics);
    alarms.watchDatabase(data.database, description.database);
    alarms.watchCache(data.cache);
    return alarms.alarms;
  }
}

module.exports = { ObservabilityStack };
