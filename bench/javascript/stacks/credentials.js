const description = require('../description');
const { ConnectionSecrets } = require('../constructs/connection-secrets');
const { PRIVATE } = require('../constructs/network');
const { immutable } = require('../constructs/security-groups');
const { CambiumStack } = require('./base');

const { database, secretsOf, services, words } = description;

class CredentialsStack extends CambiumStack {
  constructor(scope, { region, shard, network, data }) {
    super(scope, 'credentials', {
      region,
      shard,
      text: 'Database roles of the application, and connection URLs in its secrets',
    });
    const writer = new ConnectionSecrets(this, 'ConnectionSecrets', {
      vpc: network.vpc,
      subnets: PRIVATE,
      securityGroup: immutable(this, 'Group', network.groups[shard.key][description.job_group]),
      version: description.environment.credentials_version,
    });
    const { instance, masterCredentials } = data.database;
    const roles = writer.defineRoles('Roles', {
      master: masterCredentials,
      host: instance.dbInstanceEndpointAddress,
      port: instance.dbInstanceEndpointPort,
      database: database.name,
      roles: database.roles.map(({ name, kind }) => ({ name, kind, secret: data.roleSecrets[name] })),
    });
    const sources = [...Object.values(data.roleSecrets), data.cache.authToken];
    for (const resource of writer.defineUrls('Urls', { targets: targets(data), sources })) {
      resource.node.addDependency(roles);
    }
  }
}

function targets(data) {
  const found = services
    .filter((service) => Object.keys(service.secrets).length)
    .map((service) => ({
      words: words(service.name),
      secret: data.serviceSecrets[service.name],
      urls: urls(service, data),
      operatorKeys: Object.keys(service.secrets).filter((key) => service.secrets[key].kind === 'set-by-operator'),
    }));
  return [...found, { words: 'Backup', secret: data.backupSecret, urls: {}, operatorKeys: ['BACKUP_ENCRYPTION_KEY'] }];
}

function urls(service, data) {
  const found = secretsOf(service).map((key) => [key, url(service.secrets[key], data)]);
  return Object.fromEntries(found.filter(([, made]) => made));
}

function url(source, { cache, database: { instance }, roleSecrets }) {
  if (source.kind === 'cache-url') {
    const { attrPrimaryEndPointAddress: Host, attrPrimaryEndPointPort: Port } = cache.group;
    return { Kind: 'redis', Host, Port, Tls: 'true', SecretArn: cache.authToken.secretArn };
  }
  if (source.kind !== 'database-url') return undefined;
  return {
    Kind: 'postgres',
    Host: instance.dbInstanceEndpointAddress,
    Port: instance.dbInstanceEndpointPort,
    SecretArn: roleSecrets[source.role].secretArn,
    Database: database.name,
    Options: { sslmode: 'require' },
  };
}

module.exports = { CredentialsStack };
