const { Tags } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const { Construct } = require('constructs');
const { words } = require('../description');
const { acknowledge } = require('./acknowledge');

const INTERNET = 'internet';

class SecurityGroups extends Construct {
  constructor(scope, id, { vpc, rules }) {
    super(scope, id);
    this.vpc = vpc;
    this.groups = {};
    for (const rule of rules) this.open(rule);
  }

  open(rule) {
    const port = ec2.Port.tcp(rule.port);
    if (rule.source === INTERNET) {
      const group = this.define(rule.target);
      group.addIngressRule(ec2.Peer.anyIpv4(), port, rule.why);
      acknowledge(group, { 'AwsSolutions-EC23': 'the front door of a public service is open to everybody' });
    } else if (rule.target === INTERNET) {
      this.define(rule.source).addEgressRule(ec2.Peer.anyIpv4(), port, rule.why);
    } else {
      const [source, target] = [this.define(rule.source), this.define(rule.target)];
      source.addEgressRule(target, port, rule.why);
      target.addIngressRule(source, port, rule.why);
    }
  }

  define(name) {
    if (!this.groups[name]) {
      this.groups[name] = new ec2.SecurityGroup(this, words(name), {
        vpc: this.vpc,
        description: `Members of ${name}: see the access table`,
        allowAllOutbound: false,
      });
      Tags.of(this.groups[name]).add('cambium:group', name);
    }
    return this.groups[name];
  }
}

const immutable = (scope, id, group) =>
  ec2.SecurityGroup.fromSecurityGroupId(scope, id, group.securityGroupId, { mutable: false });

module.exports = { SecurityGroups, immutable };
