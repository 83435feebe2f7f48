const { RemovalPolicy } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');
const logs = require('aws-cdk-lib/aws-logs');
const { Construct } = require('constructs');
const { acknowledge } = require('./acknowledge');
const { retention } = require('./retention');

const PRIVATE = { subnetGroupName: 'Private' };

class StatedAddresses {
  constructor(config, subnets) {
    this.config = config;
    this.subnets = subnets;
  }

  allocateVpcCidr() {
    return { cidrBlock: this.config.cidr };
  }

  allocateSubnetsCidr() {
    return { allocatedSubnets: this.subnets.map((subnet) => ({ cidr: subnet.cidr })) };
  }
}

class Network extends Construct {
  constructor(scope, id, { config, subnets, zones }) {
    super(scope, id);
    const gateways = config.nat.kind === 'gateways' ? config.nat.count : 0;
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: new StatedAddresses(config, subnets),
      availabilityZones: zones.slice(0, config.zones),
      natGateways: gateways,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: ec2.SubnetType[gateways ? 'PRIVATE_WITH_EGRESS' : 'PRIVATE_ISOLATED'] },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.recordTraffic(config.flow_log_days);
    acknowledge(this.vpc, {
      'HIPAA.Security-VPCNoUnrestrictedRouteToIGW':
        'the public subnets hold only the NAT gateway and the load balancer, which need the route',
    });
  }

  recordTraffic(days) {
    const group = new logs.LogGroup(this, 'FlowLogGroup', {
      retention: retention(days),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const role = new iam.Role(this, 'FlowLogRole', { assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com') });
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(group, role),
      trafficType: ec2.FlowLogTrafficType.ALL,
    });
  }
}

module.exports = { Network, PRIVATE };
