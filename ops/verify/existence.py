"""Asks each service whether the resources CloudFormation lists really exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.embedded.aws import Places
from ops.verify.inventory import Inventory, Resource


@dataclass(frozen=True, slots=True)
class Question:
    """The API call that shows a resource of one type, given its physical id."""

    service: str
    operation: str
    argument: str
    in_list: bool = False
    """The argument takes a list, and the answer holds one that must not be empty."""


QUESTIONS = {
    "AWS::AppRunner::Service": Question("apprunner", "describe_service", "ServiceArn"),
    "AWS::AppRunner::VpcConnector": Question("apprunner", "describe_vpc_connector", "VpcConnectorArn"),
    "AWS::Backup::BackupVault": Question("backup", "describe_backup_vault", "BackupVaultName"),
    "AWS::CloudWatch::Alarm": Question("cloudwatch", "describe_alarms", "AlarmNames", in_list=True),
    "AWS::CloudWatch::Dashboard": Question("cloudwatch", "get_dashboard", "DashboardName"),
    "AWS::EC2::EIP": Question("ec2", "describe_addresses", "PublicIps", True),
    "AWS::EC2::Instance": Question("ec2", "describe_instances", "InstanceIds", True),
    "AWS::EC2::InternetGateway": Question("ec2", "describe_internet_gateways", "InternetGatewayIds", True),
    "AWS::EC2::NatGateway": Question("ec2", "describe_nat_gateways", "NatGatewayIds", True),
    "AWS::EC2::RouteTable": Question("ec2", "describe_route_tables", "RouteTableIds", True),
    "AWS::EC2::SecurityGroup": Question("ec2", "describe_security_groups", "GroupIds", True),
    "AWS::EC2::Subnet": Question("ec2", "describe_subnets", "SubnetIds", True),
    "AWS::EC2::VPC": Question("ec2", "describe_vpcs", "VpcIds", True),
    "AWS::EC2::VPCEndpoint": Question("ec2", "describe_vpc_endpoints", "VpcEndpointIds", True),
    "AWS::ECR::Repository": Question("ecr", "describe_repositories", "repositoryNames", True),
    "AWS::ECS::Cluster": Question("ecs", "describe_clusters", "clusters", True),
    "AWS::Events::Rule": Question("events", "describe_rule", "Name"),
    "AWS::StepFunctions::StateMachine": Question(
        "stepfunctions", "describe_state_machine", "stateMachineArn"
    ),
    "AWS::ECS::TaskDefinition": Question("ecs", "describe_task_definition", "taskDefinition"),
    "AWS::EFS::AccessPoint": Question("efs", "describe_access_points", "AccessPointId"),
    "AWS::EFS::FileSystem": Question("efs", "describe_file_systems", "FileSystemId"),
    "AWS::EFS::MountTarget": Question("efs", "describe_mount_targets", "MountTargetId"),
    "AWS::ElastiCache::ReplicationGroup": Question(
        "elasticache", "describe_replication_groups", "ReplicationGroupId"
    ),
    "AWS::ElastiCache::SubnetGroup": Question(
        "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroupName"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Question(
        "elbv2", "describe_load_balancers", "LoadBalancerArns", True
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Question(
        "elbv2", "describe_target_groups", "TargetGroupArns", True
    ),
    "AWS::IAM::Role": Question("iam", "get_role", "RoleName"),
    "AWS::KMS::Key": Question("kms", "describe_key", "KeyId"),
    "AWS::Lambda::Function": Question("lambda", "get_function_configuration", "FunctionName"),
    "AWS::RDS::DBCluster": Question("rds", "describe_db_clusters", "DBClusterIdentifier"),
    "AWS::RDS::DBClusterParameterGroup": Question(
        "rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroupName"
    ),
    "AWS::RDS::DBInstance": Question("rds", "describe_db_instances", "DBInstanceIdentifier"),
    "AWS::RDS::DBParameterGroup": Question("rds", "describe_db_parameter_groups", "DBParameterGroupName"),
    "AWS::RDS::DBSubnetGroup": Question("rds", "describe_db_subnet_groups", "DBSubnetGroupName"),
    "AWS::S3::Bucket": Question("s3", "head_bucket", "Bucket"),
    "AWS::SQS::Queue": Question("sqs", "get_queue_attributes", "QueueUrl"),
    "AWS::SNS::Topic": Question("sns", "get_topic_attributes", "TopicArn"),
    "AWS::SecretsManager::Secret": Question("secretsmanager", "describe_secret", "SecretId"),
    "AWS::ServiceDiscovery::HttpNamespace": Question("servicediscovery", "get_namespace", "Id"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Question("servicediscovery", "get_namespace", "Id"),
    "AWS::ServiceDiscovery::Service": Question("servicediscovery", "get_service", "Id"),
}
"""The types that stand on their own. The others, such as a route or a policy, are parts of these."""


def missing(inventory: Inventory, places: Places) -> tuple[int, list[str]]:
    """How many resources were asked for, and one line for each that is not there."""
    asked = 0
    lost = []
    for resource, question in _questions(inventory):
        asked += 1
        if not _exists(places.at(resource.place).client(question.service), question, resource.physical_id):
            lost.append(
                f"{resource.stack}: {resource.type} {resource.logical_id} ({resource.physical_id}) "
                "is listed but does not exist"
            )
    return asked, lost


def _questions(inventory: Inventory) -> Iterator[tuple[Resource, Question]]:
    for resource in inventory.resources:
        question = QUESTIONS.get(resource.type)
        if question is not None:
            yield resource, question


def _exists(client: Any, question: Question, physical_id: str) -> bool:
    value = [physical_id] if question.in_list else physical_id
    try:
        answer = getattr(client, question.operation)(**{question.argument: value})
    except ClientError:
        return False
    lists = [part for part in answer.values() if isinstance(part, list)]
    return not question.in_list or any(lists)
