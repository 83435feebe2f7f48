const { bucketName, everyBucket, home } = require('../description');
const { AuditTrail } = require('../constructs/audit-trail');
const { CambiumStack } = require('./base');

class AuditStack extends CambiumStack {
  constructor(scope) {
    super(scope, 'audit', { text: 'CloudTrail: every AWS API call, kept six years' });
    new AuditTrail(this, 'AuditTrail', {
      bucketName: bucketName('audit', home.name),
      keepDays: 2192,
      watchedBuckets: everyBucket(),
    });
  }
}

module.exports = { AuditStack };
