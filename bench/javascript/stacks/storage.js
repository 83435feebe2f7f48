const { bucketName, buckets, copyName, recoveryRegion, words } = require('../description');
const { PrivateBucket } = require('../constructs/bucket');
const { CambiumStack } = require('./base');

class RecoveryStack extends CambiumStack {
  constructor(scope, region) {
    const place = recoveryRegion(region);
    super(scope, 'recovery', { region, regionName: place, text: `Copies of the backups of ${region.name}` });
    for (const bucket of buckets.filter((one) => one.replica)) {
      const config = { ...bucket, name: bucket.replica, replica: null };
      new PrivateBucket(this, words(bucket.replica), { bucketName: copyName(bucket, region), config });
    }
  }
}

class StorageStack extends CambiumStack {
  constructor(scope, region) {
    super(scope, 'storage', { region, text: 'Buckets' });
    for (const config of buckets) {
      new PrivateBucket(this, words(config.name), {
        bucketName: bucketName(config.name, region.name),
        config,
        replicaName: copyName(config, region),
      });
    }
  }
}

module.exports = { RecoveryStack, StorageStack };
