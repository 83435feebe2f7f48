const { buckets } = require('../description');
const { BackupStack } = require('./backup');
const { ComputeStack } = require('./compute');
const { CredentialsStack } = require('./credentials');
const { DataStack } = require('./data');
const { DeliveryStack } = require('./delivery');
const { NetworkStack } = require('./network');
const { ObservabilityStack } = require('./observability');
const { RecoveryStack, StorageStack } = require('./storage');

function defineRegion(app, region) {
  const network = new NetworkStack(app, region);
  const storage = new StorageStack(app, region);
  // Replication refuses a destination that does not exist yet.
  if (buckets.some((bucket) => bucket.replica)) storage.addStackDependency(new RecoveryStack(app, region));
  const delivery = new DeliveryStack(app, region);
  const shards = region.shards.map((shard) => defineShard(app, { region, shard, network, delivery }));
  return { storage, shards };
}

function defineShard(app, { region, shard, network, delivery }) {
  const data = new DataStack(app, { region, shard, network });
  const copied = buckets.find((bucket) => bucket.replica);
  if (copied) new BackupStack(app, { region, shard, bucket: copied.name, data });
  const compute = new ComputeStack(app, { region, shard, network, data });
  compute.addStackDependency(delivery);
  compute.addStackDependency(new CredentialsStack(app, { region, shard, network, data }));
  return new ObservabilityStack(app, { region, shard, compute, data });
}

module.exports = { defineRegion };
