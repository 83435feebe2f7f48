const cdk = require('aws-cdk-lib');
const description = require('../description');
const { Cache } = require('../constructs/cache');
const { Database } = require('../constructs/database');
const { PRIVATE } = require('../constructs/network');
const { immutable } = require('../constructs/security-groups');
const { RoleSecret, ServiceSecret } = require('../constructs/service-secret');
const { CambiumStack } = require('./base');

const { database, secretName, services, words } = description;

class DataStack extends CambiumStack {
  constructor(scope, { region, shard, network }) {
    super(scope, 'data', { region, shard, text: 'Database, cache and secrets: everything that holds data' });
    cdk.CrossStackReferences.of(this).consume(cdk.ReferenceStrength.STRONG);
    const place = { vpc: network.vpc, subnets: PRIVATE };
    const groups = network.groups[shard.key];
    this.database = new Database(this, 'Database', {
      ...place,
      securityGroup: immutable(this, 'DatabaseGroup', groups.database),
      secretName: secretName('database/master', shard),
      logDays: description.log_days,
      config: database,
    });
    this.cache = new Cache(this, 'Cache', {
      ...place,
      securityGroup: immutable(this, 'CacheGroup', groups.cache),
      secretName: secretName('cache', shard),
      config: description.cache,
    });
    this.defineSecrets(shard);
  }

  defineSecrets(shard) {
    this.roleSecrets = {};
    for (const { name } of database.roles) {
      this.roleSecrets[name] = new RoleSecret(this, `Role${words(name.replaceAll('_', '-'))}`, {
        secretName: secretName(`database/${name}`, shard),
        username: name,
      }).secret;
    }
    this.serviceSecrets = {};
    for (const { name } of services.filter((service) => Object.keys(service.secrets).length)) {
      this.serviceSecrets[name] = new ServiceSecret(this, `Secret${words(name)}`, {
        secretName: secretName(name, shard),
        description: `Connection URLs and third-party keys of ${name}`,
      }).secret;
    }
    this.backupSecret = new ServiceSecret(this, 'SecretBackup', {
      secretName: secretName('backup', shard),
      description: 'Key that backups are encrypted with',
    }).secret;
  }
}

module.exports = { DataStack };
