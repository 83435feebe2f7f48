"""What a NAT instance promises: it passes on what it is told, and its address outlives it."""

import shutil
import subprocess

import aws_cdk as cdk
import pytest

from cambium.network import Network
from config.access import GROUP_TAG
from config.network import NatGateways, NatInstance
from config.network import Network as NetworkConfig
from support.assembly import Resource
from support.scenario import ZONES, BuiltOf, Define, scenario

INSTANCE = "AWS::EC2::Instance"
IMAGE, NEWER = "ami-0123456789abcdef0", "ami-0fedcba9876543210"
PRIVATE_CIDRS = ("10.30.128.0/19", "10.30.160.0/19")


def network(
    stack: cdk.Stack,
    nat: NatInstance | NatGateways,
    *,
    ports: tuple[int, ...] = (443,),
    cidr: str = "10.30.0.0/16",
) -> None:
    config = NetworkConfig(cidr=cidr, zones=2, nat=nat)
    Network(stack, "Network", config=config, zones=ZONES, ports=ports)


@scenario
def staging(stack: cdk.Stack) -> None:
    network(stack, NatInstance(image_id=IMAGE))


@scenario
def with_mail(stack: cdk.Stack) -> None:
    network(stack, NatInstance(image_id=IMAGE), ports=(587, 443))


@scenario
def another_image(stack: cdk.Stack) -> None:
    network(stack, NatInstance(image_id=NEWER))


@scenario
def elsewhere(stack: cdk.Stack) -> None:
    network(stack, NatInstance(image_id=IMAGE), cidr="10.40.0.0/16")


@scenario
def a_gateway(stack: cdk.Stack) -> None:
    network(stack, NatGateways(count=1))


def ways_out(built: BuiltOf, define: Define, key: str) -> dict[str, str]:
    """Routes by logical id, with what they lead to."""
    return {
        one.logical_id: one[key]["Ref"]
        for one in built(define).of_type("AWS::EC2::Route")
        if key in one.properties
    }


def script(built: BuiltOf, define: Define) -> str:
    return str(built(define).the(INSTANCE)["UserData"]["Fn::Base64"])


def rules(group: Resource, way: str) -> set[tuple[str, str, int, int]]:
    return {
        (one["CidrIp"], one["IpProtocol"], one["FromPort"], one["ToPort"])
        for one in group[f"SecurityGroup{way}"]
    }


def test_b6_staging_leaves_through_one_t4g_nano_and_no_gateway(built: BuiltOf) -> None:
    machine = built(staging).the(INSTANCE)

    assert (machine["InstanceType"], machine["ImageId"]) == ("t4g.nano", IMAGE)
    assert not built(staging).of_type("AWS::EC2::NatGateway")
    assert set(ways_out(built, staging, "InstanceId").values()) == {machine.logical_id}
    assert len(ways_out(built, staging, "InstanceId")) == 2


def test_b6_a_gateways_routes_become_the_instances_and_back_without_a_new_one(built: BuiltOf) -> None:
    gateways = ways_out(built, a_gateway, "NatGatewayId")

    assert gateways.keys() == ways_out(built, staging, "InstanceId").keys()


def test_stands_in_a_public_subnet_with_an_address_that_outlives_it(built: BuiltOf) -> None:
    template = built(staging)
    machine, address = template.the(INSTANCE), template.the("AWS::EC2::EIP")
    subnet = template.template["Resources"][machine["SubnetId"]["Ref"]]

    assert {"Key": "aws-cdk:subnet-type", "Value": "Public"} in subnet["Properties"]["Tags"]
    assert "NetworkInterfaces" not in machine.properties, "it must be given no other public address"
    assert address["InstanceId"] == {"Ref": machine.logical_id}
    # Changed in place when the machine is another one, so its own id says nothing of the machine.
    assert address.logical_id == built(another_image).the("AWS::EC2::EIP").logical_id


def test_passes_on_what_is_neither_from_it_nor_for_it(built: BuiltOf) -> None:
    assert built(staging).the(INSTANCE)["SourceDestCheck"] is False


def test_lets_in_the_private_subnets_and_out_to_the_internet_on_443_alone(built: BuiltOf) -> None:
    group = built(staging).the("AWS::EC2::SecurityGroup")

    assert rules(group, "Ingress") == {(cidr, "tcp", 443, 443) for cidr in PRIVATE_CIDRS}
    assert rules(group, "Egress") == {("0.0.0.0/0", "tcp", 443, 443)}
    assert not built(staging).of_type("AWS::EC2::SecurityGroupIngress")
    assert not built(staging).of_type("AWS::EC2::SecurityGroupEgress")


def test_passes_on_a_port_that_the_access_table_lets_out(built: BuiltOf) -> None:
    group = built(with_mail).the("AWS::EC2::SecurityGroup")

    assert rules(group, "Ingress") == {
        (cidr, "tcp", port, port) for cidr in PRIVATE_CIDRS for port in (443, 587)
    }
    assert rules(group, "Egress") == {("0.0.0.0/0", "tcp", port, port) for port in (443, 587)}


def test_tools_find_its_group_by_the_name_in_the_access_table(built: BuiltOf) -> None:
    group = built(staging).the("AWS::EC2::SecurityGroup")

    assert {"Key": GROUP_TAG, "Value": "nat"} in group["Tags"]


def test_its_credentials_cannot_be_fetched_by_a_forwarded_request(built: BuiltOf) -> None:
    assert built(staging).the(INSTANCE)["MetadataOptions"]["HttpTokens"] == "required"


def test_its_disk_is_encrypted(built: BuiltOf) -> None:
    (disk,) = built(staging).the(INSTANCE)["BlockDeviceMappings"]

    assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["VolumeType"]) == (True, "gp3")


def test_people_open_a_session_on_it_and_it_may_do_nothing_else(built: BuiltOf) -> None:
    template = built(staging)
    (used,) = template.the("AWS::IAM::InstanceProfile")["Roles"]
    (policy,) = [one for one in template.of_type("AWS::IAM::Policy") if used in one["Roles"]]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert {action.partition(":")[0] for action in statement["Action"]} == {"ssm", "ssmmessages"}
    assert "ssm:UpdateInstanceInformation" in statement["Action"]
    assert "ManagedPolicyArns" not in template.template["Resources"][used["Ref"]]["Properties"]
    assert "KeyName" not in template.the(INSTANCE).properties


def test_a_changed_set_up_makes_a_new_machine_since_the_script_runs_once(built: BuiltOf) -> None:
    names = {built(define).the(INSTANCE).logical_id for define in (staging, elsewhere, with_mail)}

    # Ports are the security group's affair, not the script's.
    assert len(names) == 2


def test_rewrites_the_sender_of_what_private_subnets_send_after_every_boot(built: BuiltOf) -> None:
    said = script(built, staging)

    for cidr in PRIVATE_CIDRS:
        assert f"-A POSTROUTING -s {cidr} -j MASQUERADE" in said
    assert ">/etc/sysctl.d/90-nat.conf" in said
    assert "systemctl enable --now iptables" in said


def test_has_swap_before_it_installs_and_waits_for_its_way_out(built: BuiltOf) -> None:
    """512 MiB are too few for dnf, and a machine boots before it is given its address."""
    said = script(built, staging)

    assert said.index("swapon /swapfile") < said.index("until dnf")


def test_its_script_is_one_that_bash_can_read(built: BuiltOf) -> None:
    bash = shutil.which("bash")
    assert bash
    run = subprocess.run(
        [bash, "-n"], input=script(built, staging), capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("define", [staging, a_gateway])
def test_nothing_else_is_given_a_public_address(built: BuiltOf, define: Define) -> None:
    for subnet in built(define).of_type("AWS::EC2::Subnet"):
        assert subnet["MapPublicIpOnLaunch"] is False
