"""Types that cost nothing by themselves, each with the reason."""

_NOTHING = "AWS does not bill it"
_ELSEWHERE = "billed with what it belongs to"

FREE: dict[str, str] = {
    "AWS::ApiGatewayV2::Api": "a dollar or so for a million requests, of which operators make a few a day",
    "AWS::ApiGatewayV2::Integration": _ELSEWHERE,
    "AWS::ApiGatewayV2::Route": _ELSEWHERE,
    "AWS::ApiGatewayV2::Stage": _ELSEWHERE,
    "AWS::AppRunner::AutoScalingConfiguration": _ELSEWHERE,
    "AWS::AppRunner::VpcConnector": _NOTHING,
    "AWS::ApplicationAutoScaling::ScalableTarget": "what it adds is in the largest scale-out",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "its alarms are AWS's own and free",
    "AWS::Backup::BackupSelection": _ELSEWHERE,
    "AWS::Backup::BackupVault": _ELSEWHERE,
    "AWS::Budgets::Budget": "a budget that only notifies is free",
    "AWS::CertificateManager::Certificate": "public certificates are free",
    "AWS::CloudFront::CachePolicy": _NOTHING,
    "AWS::CloudFront::ResponseHeadersPolicy": _NOTHING,
    "AWS::EC2::FlowLog": "its records are in the assumed logs",
    "AWS::EC2::InternetGateway": _NOTHING,
    "AWS::EC2::Route": _NOTHING,
    "AWS::EC2::RouteTable": _NOTHING,
    "AWS::EC2::SecurityGroup": _NOTHING,
    "AWS::EC2::SecurityGroupEgress": _NOTHING,
    "AWS::EC2::SecurityGroupIngress": _NOTHING,
    "AWS::EC2::Subnet": _NOTHING,
    "AWS::EC2::SubnetRouteTableAssociation": _NOTHING,
    "AWS::EC2::VPCGatewayAttachment": _NOTHING,
    "AWS::ECS::ClusterCapacityProviderAssociations": _NOTHING,
    "AWS::ECS::TaskDefinition": "billed with the service or the schedule that runs it",
    "AWS::EFS::AccessPoint": _ELSEWHERE,
    "AWS::EFS::MountTarget": _ELSEWHERE,
    "AWS::ElastiCache::SubnetGroup": _NOTHING,
    "AWS::ElasticLoadBalancingV2::Listener": _ELSEWHERE,
    "AWS::ElasticLoadBalancingV2::ListenerRule": "in the load balancer's units, from the tenth on",
    "AWS::ElasticLoadBalancingV2::TargetGroup": _ELSEWHERE,
    "AWS::Events::Rule": "events of AWS itself are free",
    "AWS::IAM::Group": _NOTHING,
    "AWS::IAM::InstanceProfile": _NOTHING,
    "AWS::IAM::ManagedPolicy": _NOTHING,
    "AWS::IAM::OIDCProvider": _NOTHING,
    "AWS::IAM::Policy": _NOTHING,
    "AWS::IAM::Role": _NOTHING,
    "AWS::IAM::User": _NOTHING,
    "AWS::Lambda::LayerVersion": _NOTHING,
    "AWS::Lambda::Permission": _NOTHING,
    "AWS::Lambda::Url": _ELSEWHERE,
    "AWS::Logs::QueryDefinition": "billed by what a person asks, when asked",
    "AWS::RDS::DBClusterParameterGroup": _NOTHING,
    "AWS::RDS::DBParameterGroup": _NOTHING,
    "AWS::RDS::DBSubnetGroup": _NOTHING,
    "AWS::Route53::RecordSet": _ELSEWHERE,
    "AWS::S3::BucketPolicy": _NOTHING,
    "AWS::S3::Object": "in the assumed buckets",
    "AWS::SNS::Subscription": _NOTHING,
    "AWS::SNS::Topic": "a thousand e-mails and a million messages a month are free",
    "AWS::SNS::TopicPolicy": _NOTHING,
    "AWS::SQS::Queue": "a million requests a month are free; a worker that waits long makes some 130,000",
    "AWS::SQS::QueuePolicy": _NOTHING,
    "AWS::SSM::Document": _NOTHING,
    "AWS::SSM::Parameter": "standard parameters are free",
    "AWS::Scheduler::ScheduleGroup": _NOTHING,
    "AWS::SecretsManager::SecretTargetAttachment": _ELSEWHERE,
    "AWS::ServiceDiscovery::HttpNamespace": "Service Connect is free",
    "AWS::ServiceDiscovery::Service": "tasks that ECS registers are free; zone and look-ups are counted",
    "AWS::StepFunctions::StateMachine": "4,000 steps a month are free, more than a release a day takes",
    "AWS::WAFv2::LoggingConfiguration": "its records are in the assumed logs",
    "AWS::WAFv2::WebACLAssociation": _NOTHING,
}
"""By resource type."""

CUSTOM = "Custom::"
"""Of these a function of the same deployment does the work, and is counted."""


def why_free(kind: str) -> str | None:
    """Why a type costs nothing; None when it may cost something."""
    if kind.startswith(CUSTOM):
        return "done by a function that is counted"
    return FREE.get(kind)
