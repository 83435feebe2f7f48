"""Resource types of ours: created, updated in place where AWS does so, and visible afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.testing import Emulator, Stack, StackError

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


NETWORK = {
    "Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Subnet": resource("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/24"),
    "Group": resource("AWS::EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription="database"),
}
TAGS = [{"Key": "team", "Value": "core"}]


def test_a_type_nobody_can_create_fails_the_stack(deploy: Deploy) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Moon::Base\]"):
        deploy({"Base": resource("AWS::Moon::Base")})


def test_a_nested_property_the_api_does_not_know_fails_the_stack(deploy: Deploy) -> None:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "Prot": 443}
    with pytest.raises(StackError, match="HealthCheckConfig has no Prot"):
        deploy({"Check": resource("AWS::Route53::HealthCheck", HealthCheckConfig=config)})


def test_a_nat_gateway_gets_its_address_and_flow_logs_their_group(emulator: Emulator, deploy: Deploy) -> None:
    allocation = {"Fn::GetAtt": ["Address", "AllocationId"]}
    stack = deploy(
        NETWORK
        | {
            "Address": resource("AWS::EC2::EIP", Domain="vpc", Tags=TAGS),
            "Nat": resource("AWS::EC2::NatGateway", SubnetId={"Ref": "Subnet"}, AllocationId=allocation),
            "Logs": resource(
                "AWS::EC2::FlowLog",
                ResourceId={"Ref": "Vpc"},
                ResourceType="VPC",
                TrafficType="REJECT",
                LogGroupName="flows",
                DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flows",
            ),
        }
    )
    ec2 = emulator.client("ec2")
    found = ec2.describe_addresses(PublicIps=[stack["Address"]])["Addresses"][0]
    assert found["Tags"] == TAGS
    gateways = ec2.describe_nat_gateways(NatGatewayIds=[stack["Nat"]])["NatGateways"]
    assert gateways[0]["SubnetId"] == stack["Subnet"]
    assert ec2.describe_flow_logs(FlowLogIds=[stack["Logs"]])["FlowLogs"][0]["TrafficType"] == ("REJECT")
    stack.delete()
    assert ec2.describe_flow_logs(FlowLogIds=[])["FlowLogs"] == []


def test_a_rule_changes_its_description_and_its_port(emulator: Emulator, deploy: Deploy) -> None:
    def rules(port: int, description: str) -> dict[str, Any]:
        common = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "Description": description}
        ports = {"FromPort": port, "ToPort": port}
        return NETWORK | {
            "In": resource("AWS::EC2::SecurityGroupIngress", CidrIp="10.0.0.0/8", **common, **ports),
            "Out": resource(
                "AWS::EC2::SecurityGroupEgress",
                DestinationSecurityGroupId={"Ref": "Group"},
                **common,
                **ports,
            ),
        }

    stack = deploy(rules(5432, "first"))
    ec2 = emulator.client("ec2")

    def inbound() -> list[tuple[int, str]]:
        found = ec2.describe_security_groups(GroupIds=[stack["Group"]])["SecurityGroups"][0]
        return [(p["FromPort"], p["IpRanges"][0]["Description"]) for p in found["IpPermissions"]]

    def outbound() -> list[int]:
        found = ec2.describe_security_groups(GroupIds=[stack["Group"]])["SecurityGroups"][0]
        return [p["FromPort"] for p in found["IpPermissionsEgress"] if "FromPort" in p]

    assert inbound() == [(5432, "first")]
    stack.update(rules(5432, "second"))
    assert inbound() == [(5432, "second")]
    stack.update(rules(6432, "second"))
    assert inbound() == [(6432, "second")]
    assert outbound() == [6432]
    stack.update(NETWORK)
    assert inbound() == []
    assert outbound() == []


def test_an_instance_is_resized_in_place(emulator: Emulator, deploy: Deploy) -> None:
    def host(instance_type: str) -> dict[str, Any]:
        image = "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64}}"
        instance = resource(
            "AWS::EC2::Instance",
            ImageId=image,
            InstanceType=instance_type,
            SubnetId={"Ref": "Subnet"},
            Tags=TAGS,
        )
        place = {"Fn::GetAtt": ["Host", "AvailabilityZone"]}
        volume = resource("AWS::EC2::Volume", AvailabilityZone=place, Size=20, VolumeType="gp3")
        return NETWORK | {"Host": instance, "Volume": volume}

    stack = deploy(host("t4g.nano"))
    before = stack["Host"]
    stack.update(host("t4g.small"))
    found = emulator.client("ec2").describe_instances(InstanceIds=[before])["Reservations"][0]
    assert stack["Host"] == before
    assert found["Instances"][0]["InstanceType"] == "t4g.small"
    assert found["Instances"][0]["State"]["Name"] == "running"


def way_out(script: str) -> dict[str, Any]:
    """A NAT instance as the CDK writes it: a changed script is a machine with another logical id."""
    machine = f"Nat{script}"
    name = {"Ref": machine}
    return NETWORK | {
        "Unused": resource("AWS::EC2::EIP"),
        "Role": resource(
            "AWS::IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": []}
        ),
        "Profile": resource("AWS::IAM::InstanceProfile", Roles=[{"Ref": "Role"}]),
        machine: resource(
            "AWS::EC2::Instance",
            ImageId="ami-0123456789abcdef0",
            InstanceType="t4g.nano",
            SubnetId={"Ref": "Subnet"},
            SecurityGroupIds=[{"Fn::GetAtt": ["Group", "GroupId"]}],
            SourceDestCheck=False,
            MetadataOptions={"HttpTokens": "required"},
            IamInstanceProfile={"Ref": "Profile"},
            UserData={"Fn::Base64": script},
        ),
        "Address": resource("AWS::EC2::EIP", Domain="vpc", InstanceId=name),
        "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        "Route": resource(
            "AWS::EC2::Route",
            RouteTableId={"Ref": "Table"},
            DestinationCidrBlock="0.0.0.0/0",
            InstanceId=name,
        ),
    }


def test_a_nat_instance_is_replaced_behind_its_address_and_routes(emulator: Emulator, deploy: Deploy) -> None:
    ec2 = emulator.client("ec2")
    stack = deploy(way_out("One"))
    before = stack["Address"]
    stack.update(way_out("Two"))

    (found,) = ec2.describe_instances(InstanceIds=[stack["NatTwo"]])["Reservations"][0]["Instances"]
    (table,) = ec2.describe_route_tables(RouteTableIds=[stack["Table"]])["RouteTables"]
    leading = {route["DestinationCidrBlock"]: route.get("InstanceId") for route in table["Routes"]}
    assert stack["Address"] == before
    assert found["PublicIpAddress"] == before
    assert found["SourceDestCheck"] is False
    assert found["IamInstanceProfile"]["Arn"].count("instance-profile/") == 1
    assert leading["0.0.0.0/0"] == found["InstanceId"]
    stack.delete()


def test_a_machine_has_a_public_address_only_when_it_is_given_one(emulator: Emulator, deploy: Deploy) -> None:
    stack = deploy(
        NETWORK | {"Host": resource("AWS::EC2::Instance", ImageId="ami-1", SubnetId={"Ref": "Subnet"})}
    )
    found = emulator.client("ec2").describe_instances(InstanceIds=[stack["Host"]])["Reservations"][0]

    assert not found["Instances"][0]["PublicIpAddress"]


def test_address_volume_and_firewall_are_tied_to_what_they_serve(emulator: Emulator, deploy: Deploy) -> None:
    scope = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}}
    visibility = {
        "MetricName": "web",
        "CloudWatchMetricsEnabled": True,
        "SampledRequestsEnabled": True,
    }
    pool = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1"
    stack = deploy(
        NETWORK
        | {
            "Host": resource("AWS::EC2::Instance", ImageId="ami-1", SubnetId={"Ref": "Subnet"}),
            "Address": resource("AWS::EC2::EIP"),
            "Tie": resource(
                "AWS::EC2::EIPAssociation",
                AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
                InstanceId={"Ref": "Host"},
            ),
            "Volume": resource("AWS::EC2::Volume", AvailabilityZone="us-east-1a", Size="20"),
            "Attached": resource(
                "AWS::EC2::VolumeAttachment",
                Device="/dev/sdf",
                InstanceId={"Ref": "Host"},
                VolumeId={"Ref": "Volume"},
            ),
            "Acl": resource("AWS::WAFv2::WebACL", Name="web", VisibilityConfig=visibility, **scope),
            "Firewall": resource(
                "AWS::WAFv2::WebACLAssociation",
                ResourceArn=pool,
                WebACLArn={"Fn::GetAtt": ["Acl", "Arn"]},
            ),
            "Secret": resource("AWS::SecretsManager::Secret", SecretString="x"),
            "Rotation": resource(
                "AWS::SecretsManager::RotationSchedule",
                SecretId={"Ref": "Secret"},
                RotationLambdaARN="arn:aws:lambda:us-east-1:123456789012:function:rotate",
                RotationRules={"AutomaticallyAfterDays": "30"},
            ),
        }
    )
    ec2 = emulator.client("ec2")
    address = ec2.describe_addresses(PublicIps=[stack["Address"]])["Addresses"][0]
    assert address["InstanceId"] == stack["Host"]
    volume = ec2.describe_volumes(VolumeIds=[stack["Volume"]])["Volumes"][0]
    assert volume["Attachments"][0]["InstanceId"] == stack["Host"]
    acl = emulator.client("wafv2").get_web_acl_for_resource(ResourceArn=pool)["WebACL"]
    assert acl["Name"] == "web"
    secret = emulator.client("secretsmanager").describe_secret(SecretId=stack["Secret"])
    assert secret["RotationEnabled"] is True
    stack.delete()


def test_a_listener_has_further_certificates_until_they_are_taken_away(
    emulator: Emulator, deploy: Deploy
) -> None:
    def certificate(domain: str) -> dict[str, Any]:
        return resource("AWS::CertificateManager::Certificate", DomainName=domain)

    door = {
        **NETWORK,
        "First": certificate("a.example"),
        "Second": certificate("b.example"),
        "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "Subnet"}]),
        "Listener": resource(
            "AWS::ElasticLoadBalancingV2::Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            Port=443,
            Protocol="HTTPS",
            Certificates=[{"CertificateArn": {"Ref": "First"}}],
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        ),
    }
    further = resource(
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        ListenerArn={"Ref": "Listener"},
        Certificates=[{"CertificateArn": {"Ref": "Second"}}],
    )
    stack = deploy({**door, "Further": further})
    elb = emulator.client("elbv2")

    def certificates() -> list[str]:
        (listener,) = elb.describe_listeners(LoadBalancerArn=stack["Balancer"])["Listeners"]
        return [one["CertificateArn"] for one in listener["Certificates"]]

    assert certificates() == [stack["First"], stack["Second"]]
    stack.update(door)
    assert certificates() == [stack["First"]]


def test_a_group_of_users_has_its_member_and_its_policy(emulator: Emulator, deploy: Deploy) -> None:
    allowed = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    stack = deploy(
        {
            "Group": resource("AWS::IAM::Group"),
            "User": resource("AWS::IAM::User", UserName="edge", Groups=[{"Ref": "Group"}]),
            "Rights": resource(
                "AWS::IAM::Policy",
                PolicyName="look-up",
                Groups=[{"Ref": "Group"}],
                PolicyDocument={"Version": "2012-10-17", "Statement": [allowed]},
            ),
        }
    )
    iam, group = emulator.client("iam"), stack["Group"]

    members = iam.get_group(GroupName=group)["Users"]
    assert [user["UserName"] for user in members] == ["edge"]
    assert iam.list_group_policies(GroupName=group)["PolicyNames"] == ["look-up"]
    stack.delete()
    assert group not in [one["GroupName"] for one in iam.list_groups()["Groups"]]
