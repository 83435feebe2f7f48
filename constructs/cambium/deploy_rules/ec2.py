"""Rules for EC2 instances."""

from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules import security_group
from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import as_dict, flag, is_intrinsic, text

INSTANCE = "AWS::EC2::Instance"
INTERFACE = "AWS::EC2::NetworkInterface"
ROUTE = "AWS::EC2::Route"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
GUIDE = "https://docs.aws.amazon.com"


@rule(
    "CB-EC2-01",
    says="A security group without ingress rules drops everything the VPC sends through the NAT "
    "instance, so private subnets have no way out.",
    fix="Let the VPC in: provider.connections.allow_from(ec2.Peer.ipv4(vpc.vpc_cidr_block), "
    "ec2.Port.all_traffic()).",
    docs=f"{GUIDE}/vpc/latest/userguide/work-with-nat-instances.html",
)
def nat_lets_the_vpc_in(templates: Templates) -> Iterator[Finding]:
    """Find NAT instances and their interfaces that nobody may send to."""
    places = ((INSTANCE, "SecurityGroupIds"), (INTERFACE, "GroupSet"))
    for resource_type, location in places:
        for nat in templates.of_type(resource_type):
            if flag(nat.get("SourceDestCheck")) is False and _is_shut(nat, location, templates):
                yield finding(nat, location, because="no ingress rule")


@rule(
    "CB-EC2-02",
    says="An image from a public SSM parameter changes when AWS releases one, and a new ImageId "
    "replaces the instance on the next deploy.",
    fix="Pin the image: cached_in_context=True, or an AMI id in the configuration; keep data on a "
    "volume of its own.",
    docs=f"{GUIDE}/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.MachineImage.html",
)
def image_is_pinned(templates: Templates) -> Iterator[Finding]:
    """Find images that follow AWS's releases."""
    places = ((INSTANCE, ("ImageId",)), (LAUNCH_TEMPLATE, ("LaunchTemplateData", "ImageId")))
    for resource_type, path in places:
        for machine in templates.of_type(resource_type):
            parameter = _public_parameter(machine.get(*path), machine)
            if parameter:
                yield finding(machine, *path, because=f"it follows {parameter}")


@rule(
    "CB-EC2-03",
    says="EC2 drops what an instance passes on for others while SourceDestCheck is on, as it is by default, "
    "so a route through the instance leads nowhere.",
    fix="Set SourceDestCheck to false on the instance, or the network interface, that the route names.",
    docs=f"{GUIDE}/vpc/latest/userguide/work-with-nat-instances.html",
)
def route_leads_through(templates: Templates) -> Iterator[Finding]:
    """Find routes to machines that pass nothing on."""
    for route in templates.of_type(ROUTE):
        for location in ("InstanceId", "NetworkInterfaceId"):
            machine = templates.target(route.get(location), route.template)
            if machine is not None and _drops(machine):
                yield finding(machine, "SourceDestCheck", because=f"route {route.logical_id} names it")


def _drops(machine: Resource) -> bool:
    checked = machine.get("SourceDestCheck")
    known = machine.type in (INSTANCE, INTERFACE) and not is_intrinsic(checked)
    return known and flag(checked) is not False


def _is_shut(nat: Resource, location: str, templates: Templates) -> bool:
    groups = security_group.groups(nat, location, templates=templates)
    if groups is None:
        return False
    ingress = [security_group.rules(group, "Ingress", templates) for group in groups]
    return not any(rules is None or any(map(_may_be_the_vpc, rules)) for rules in ingress)


def _may_be_the_vpc(ingress: Any) -> bool:
    """A single address, such as an administrator's, isn't the VPC."""
    return not text(as_dict(ingress).get("CidrIp")).endswith("/32")


def _public_parameter(image: Any, machine: Resource) -> str:
    """The path of the AWS-owned parameter the image comes from, or nothing."""
    path = text(image)
    if path.startswith("{{resolve:ssm:"):
        path = path.removeprefix("{{resolve:ssm:").removesuffix("}}")
    else:
        parameter = as_dict(machine.template.section("Parameters").get(str(as_dict(image).get("Ref"))))
        is_path = text(parameter.get("Type")).startswith("aws::ssm::parameter::value<")
        path = text(parameter.get("Default")) if is_path else ""
    has_version = ":" in path
    return path if path.startswith("/aws/service/") and not has_version else ""
