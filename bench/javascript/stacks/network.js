const description = require('../description');
const { Network } = require('../constructs/network');
const { SecurityGroups } = require('../constructs/security-groups');
const { CambiumStack } = require('./base');

class NetworkStack extends CambiumStack {
  constructor(scope, region) {
    super(scope, 'network', { region, text: 'VPC, way out, flow logs, and who may connect to whom' });
    const { vpc } = new Network(this, 'Network', {
      config: description.network,
      subnets: description.subnets,
      zones: region.zones,
    });
    this.vpc = vpc;
    this.groups = {};
    for (const { key } of region.shards) {
      this.groups[key] = new SecurityGroups(this, `Access${key}`, { vpc, rules: description.access }).groups;
    }
  }
}

module.exports = { NetworkStack };
