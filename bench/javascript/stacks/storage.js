const { bucketName, buckets, environment, words } = require('../description');
const { PrivateBucket } = require('../constructs/bucket');
const { CambiumStack } = require('./base');

class RecoveryStack extends CambiumStack {
  constructor(scope, region) {
    const place = environment.recovery_region;
    super(scope, 'recovery', { region, regionName: place, text: `Copies of the backups of ${region.name}` });
    for (const { replica, expire_after_days } of buckets.filter((bucket) => bucket.replica)) {
      new PrivateBucket(this, words(replica), {
        bucketName: bucketName(replica, place),
        config: { keep_old_versions_days: 30, expire_after_days },
      });
    }
  }
}

class StorageStack extends CambiumStack {
  constructor(scope, region) {
    super(scope, 'storage', { region, text: 'Buckets' });
    this.buckets = buckets.map(
      (config) =>
        new PrivateBucket(this, words(config.name), {
          bucketName: bucketName(config.name, region.name),
          config,
          replicaName: config.replica ? bucketName(config.replica, environment.recovery_region) : undefined,
        }).bucket,
    );
  }
}

module.exports = { RecoveryStack, StorageStack };
