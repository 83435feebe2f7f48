"""Reads the security groups from the API, for the same comparison that the templates go through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.access import GROUP_TAG, AccessRule
from ops.embedded.aws import Aws, Place, Places
from ops.reachability.connections import PORTS, Half, Way, compare, from_private_subnets, half
from ops.reachability.groups import group_name
from ops.verify.inventory import Inventory

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import IpPermissionOutputTypeDef, SecurityGroupTypeDef


TENANT_TAG = "cambium:tenant"
"""Everything of a tenant's own stack carries it."""


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The groups of one place: what they let through, and what is wrong with them as groups."""

    place: Place
    halves: frozenset[Half]
    complaints: tuple[str, ...]


def read(inventory: Inventory, places: Places, private: Mapping[str, frozenset[str]]) -> list[FoundGroups]:
    """The security groups of the deployed stacks, place by place.

    Args:
        inventory: What the stacks say they have.
        places: Where to ask.
        private: Addresses of the private subnets by region.
    """
    by_place: dict[Place, list[str]] = {}
    for resource in inventory.of_type("AWS::EC2::SecurityGroup"):
        by_place.setdefault(resource.place, []).append(resource.physical_id)
    return [
        _read_place(places.at(place), ids, private.get(place.region, frozenset()))
        for place, ids in sorted(by_place.items())
    ]


def differences(rules: Iterable[AccessRule], found: FoundGroups) -> list[str]:
    """Where the groups of one place let through more or less than the rules ask for."""
    lines = [*found.complaints, *compare(rules, found.halves)]
    return [f"{found.place.region}: {line}" for line in lines]


def _read_place(aws: Aws, ids: list[str], private: frozenset[str]) -> FoundGroups:
    groups = aws.ec2.describe_security_groups(GroupIds=ids)["SecurityGroups"]
    names = {group["GroupId"]: _name(group) for group in groups}
    networks = sorted({group["VpcId"] for group in groups})
    complaints = [
        f"security group {group['GroupId']} ({group.get('Description', '')}) has no tag {GROUP_TAG}"
        for group in groups
        if names[group["GroupId"]] == group["GroupId"]
    ]
    written = {half for group in groups for half in _halves(group, names, _of_tenants(aws))}
    halves = from_private_subnets(written, private)
    return FoundGroups(aws.place, frozenset(halves), (*complaints, *_open_defaults(aws, networks)))


def _name(group: SecurityGroupTypeDef) -> str:
    return group_name(group, group["GroupId"])


def _of_tenants(aws: Aws) -> frozenset[str]:
    """Groups that state machines made for tenants: in no table, and not ours to compare."""
    pages = aws.ec2.get_paginator("describe_security_groups").paginate()
    found = [group for page in pages for group in page["SecurityGroups"]]
    return frozenset(
        group["GroupId"] for group in found if any(tag["Key"] == TENANT_TAG for tag in group.get("Tags", []))
    )


def _halves(group: SecurityGroupTypeDef, names: dict[str, str], of_tenants: frozenset[str]) -> Iterator[Half]:
    me = names[group["GroupId"]]
    sides: dict[Way, list[IpPermissionOutputTypeDef]] = {
        "in": group.get("IpPermissions", []),
        "out": group.get("IpPermissionsEgress", []),
    }
    for way, permissions in sides.items():
        for permission in permissions:
            ports = permission.get("FromPort", PORTS[0]), permission.get("ToPort", PORTS[1])
            for peer in _peers(permission, names, of_tenants):
                found = half(me, way, peer, permission.get("IpProtocol", "-1"), ports)
                yield from [found] if found else []


def _peers(
    permission: IpPermissionOutputTypeDef, names: dict[str, str], of_tenants: frozenset[str]
) -> Iterator[str]:
    for pair in permission.get("UserIdGroupPairs", []):
        if pair["GroupId"] not in of_tenants:
            yield names.get(pair["GroupId"], pair["GroupId"])
    yield from (one["CidrIp"] for one in permission.get("IpRanges", []))
    yield from (one["CidrIpv6"] for one in permission.get("Ipv6Ranges", []))
    yield from (one["PrefixListId"] for one in permission.get("PrefixListIds", []))


def _open_defaults(aws: Aws, networks: list[str]) -> Iterator[str]:
    filters = [{"Name": "vpc-id", "Values": networks}, {"Name": "group-name", "Values": ["default"]}]
    for group in aws.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]:  # type: ignore[arg-type]
        if group.get("IpPermissions") or group.get("IpPermissionsEgress"):
            yield f"the default security group of {group['VpcId']} lets traffic through"
