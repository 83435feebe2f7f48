// What to build: the resolved configuration, as `bench/description.py` wrote it. Both apps describe the same.

const fs = require('node:fs');

const d = JSON.parse(fs.readFileSync(process.env.CAMBIUM_BENCH_DESCRIPTION, 'utf8'));
const place = d.environment;

const words = (name) => name.split('-').map((part) => part[0].toUpperCase() + part.slice(1).toLowerCase()).join('');
const stackName = (role, region, shard) =>
  [d.system, place.name, ...(region ? [region.key] : []), ...(shard ? [shard.key] : []), role].join('-');
const bucketName = (purpose, region) => `${d.system}-${place.name}-${purpose}-${place.account}-${region}`;
const recoveryRegion = (region) => region.recovery_region ?? place.recovery_region;
const copyName = (bucket, region) => bucket.replica && bucketName(bucket.replica, recoveryRegion(region));
const shardSuffix = (shard) => (shard.key === '1' ? '' : `-${shard.key}`);

module.exports = {
  ...d,
  home: d.regions[0],
  words,
  stackName,
  bucketName,
  recoveryRegion,
  copyName,
  everyBucket: () =>
    d.regions.flatMap((region) =>
      d.buckets
        .flatMap((bucket) => [bucketName(bucket.name, region.name), copyName(bucket, region)])
        .filter((name) => name),
    ),
  topicName: (region, shard) => stackName('alarms', region, shard),
  secretName: (leaf, shard) => `${d.system}/${place.name}/${leaf}${shardSuffix(shard)}`,
  serviceName: (service, shard) => `${d.system}-${service}${shardSuffix(shard)}`,
  repositoryName: (service) => `${d.system}-${service}`,
  runbookUrl: (page) => `${d.runbooks}/${page}.md`,
  secretsOf: (service) =>
    Object.keys(service.secrets).filter((key) => d.database.read_replicas || service.secrets[key].kind !== 'replica-urls'),
};
