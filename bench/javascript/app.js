// RestartiX production in JavaScript CDK: the same stacks, constructs, feature flags and rule packs as ours.

const fs = require('node:fs');
const path = require('node:path');
const cdk = require('aws-cdk-lib');
const nag = require('cdk-nag');
const description = require('./description');
const stage = require('./stage');
const { acknowledge } = require('./constructs/acknowledge');
const { AuditStack } = require('./stacks/audit');
const { GlobalStack } = require('./stacks/global');
const { defineRegion } = require('./stacks/composition');
const { STANDING_DECISIONS } = require('./stacks/posture');

function main() {
  if (stage.ends('imports')) return;
  const flags = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'cdk.json'), 'utf8')).context;
  const app = new cdk.App({ context: flags, analyticsReporting: false });
  build(app);
  if (stage.ends('constructs')) return;
  app.synth();
}

function build(app) {
  const { account } = description.environment;
  for (const region of description.regions) {
    app.node.setContext(`availability-zones:account=${account}:region=${region.name}`, region.zones);
  }
  const regions = description.regions.map((region) => defineRegion(app, region));
  if (description.audit_trail) after(new AuditStack(app), regions.map((region) => region.storage));
  after(new GlobalStack(app), regions.flatMap((region) => region.shards));
  cdk.Tags.of(app).add('cambium:system', description.system);
  cdk.Tags.of(app).add('cambium:environment', description.environment.name);
  check(app);
}

function after(stack, others) {
  for (const other of others) stack.addStackDependency(other);
}

function check(app) {
  const packs = [];
  if (stage.has('AwsSolutions')) packs.push(new nag.AwsSolutionsChecks(app, { verbose: true }));
  if (stage.has('HIPAA') && description.hipaa) packs.push(new nag.HIPAASecurityChecks(app, { verbose: true }));
  if (packs.length) cdk.Validations.of(app).addPlugins(...packs);
  acknowledge(app, STANDING_DECISIONS);
}

main();
