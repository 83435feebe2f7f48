"""Constructs in many small stacks of one app, synthesised once for all tests of constructs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from stacks.app import feature_flags
from support.assembly import Resource

Define = Callable[[cdk.Stack], object]

SCENARIOS: list[Define] = []
ACCOUNT, REGION = "111122223333", "eu-central-1"
ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
PRIVATE = ec2.SubnetSelection(subnet_group_name="Private")


def scenario(define: Define) -> Define:
    """Give ``define`` a stack of its own; tests ask for its template by the function."""
    SCENARIOS.append(define)
    return define


@dataclass(frozen=True)
class Built:
    """The template of one scenario."""

    template: dict[str, Any]

    def of_type(self, type_name: str) -> list[Resource]:
        """Every resource of a type."""
        return [
            Resource("", logical_id, body)
            for logical_id, body in self.template.get("Resources", {}).items()
            if body["Type"] == type_name
        ]

    def the(self, type_name: str, **properties: Any) -> Resource:
        """The one resource of a type, or the one of them with these properties."""
        found = [
            one
            for one in self.of_type(type_name)
            if all(one.properties.get(name) == value for name, value in properties.items())
        ]
        assert len(found) == 1, f"{len(found)} {type_name} with {properties}"
        return found[0]


BuiltOf = Callable[[Define], Built]


def build_all() -> dict[str, Built | Exception]:
    """Every scenario's template by the scenario's name; what went wrong, for one that has none."""
    # Rule packs see whole products; here each construct stands alone.
    app = cdk.App(
        context=feature_flags(), analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    app.node.set_context(f"availability-zones:account={ACCOUNT}:region={REGION}", list(ZONES))
    built: dict[str, Built | Exception] = {}
    for define in SCENARIOS:
        stack = cdk.Stack(app, name_of(define), env=cdk.Environment(account=ACCOUNT, region=REGION))
        try:
            define(stack)
        except Exception as error:
            app.node.try_remove_child(name_of(define))
            built[name_of(define)] = error
    return built | {stack.stack_name: Built(stack.template) for stack in app.synth().stacks}


def name_of(define: Define) -> str:
    """The stack of a scenario."""
    return f"{define.__module__.rpartition('_')[2]}-{define.__name__.replace('_', '-')}"


def some_vpc(stack: cdk.Stack) -> ec2.IVpc:
    """A VPC from elsewhere, with the subnets every region has."""
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "SomeVpc",
        vpc_id="vpc-12345678",
        availability_zones=list(ZONES[:2]),
        public_subnet_ids=["subnet-public1", "subnet-public2"],
        public_subnet_names=["Public"],
        private_subnet_ids=["subnet-private1", "subnet-private2"],
        private_subnet_names=["Private"],
    )


def some_group(stack: cdk.Stack) -> ec2.ISecurityGroup:
    """A security group from elsewhere."""
    return ec2.SecurityGroup.from_security_group_id(stack, "SomeGroup", "sg-12345678", mutable=False)
