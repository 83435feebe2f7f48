const cdk = require('aws-cdk-lib');
const description = require('../description');

class CambiumStack extends cdk.Stack {
  constructor(scope, role, { text, region, shard, regionName }) {
    const name = description.stackName(role, region, shard);
    super(scope, name, {
      stackName: name,
      description: text,
      env: {
        account: description.environment.account,
        region: regionName ?? (region ?? description.home).name,
      },
      terminationProtection: description.environment.production,
    });
  }
}

module.exports = { CambiumStack };
