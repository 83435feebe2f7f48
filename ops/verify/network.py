"""Reads the security groups from the API and compares them, both ways, with the access rules.

A connection needs two halves: a way out of the caller and a way in of the called. A half that is
missing serves nobody; a half too many is a door nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from config.access import INTERNET, AccessRule
from ops.embedded.aws import Aws, Place, Places
from ops.verify.inventory import Inventory

if TYPE_CHECKING:
    from types_boto3_ec2.type_defs import IpPermissionOutputTypeDef, SecurityGroupTypeDef

TAG = "cambium:group"
EVERYWHERE = ("0.0.0.0/0", "::/0")
NOBODY = "255.255.255.255/32"
"""The CDK writes a way out to this address where there is to be none."""

Way = Literal["in", "out"]


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """One half of a connection, as found in one group."""

    source: str
    target: str
    port: str
    way: Way

    def __str__(self) -> str:
        """As a finding names it."""
        where = f"way into {self.target}" if self.way == "in" else f"way out of {self.source}"
        return f"{self.source} -> {self.target}:{self.port} ({where})"


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The groups of one place: what they let through, and what is wrong with them as groups."""

    place: Place
    halves: frozenset[Half]
    complaints: tuple[str, ...]


def read(inventory: Inventory, places: Places) -> list[FoundGroups]:
    """The security groups of the deployed stacks, place by place."""
    by_place: dict[Place, list[str]] = {}
    for resource in inventory.of_type("AWS::EC2::SecurityGroup"):
        by_place.setdefault(resource.place, []).append(resource.physical_id)
    return [_read_place(places.at(place), ids) for place, ids in sorted(by_place.items())]


def expected(rules: Iterable[AccessRule]) -> frozenset[Half]:
    """The halves the rules ask for; nobody writes rules for the internet's side."""
    halves = set()
    for rule in rules:
        if rule.target != INTERNET:
            halves.add(Half(rule.source, rule.target, str(rule.port), "in"))
        if rule.source != INTERNET:
            halves.add(Half(rule.source, rule.target, str(rule.port), "out"))
    return frozenset(halves)


def differences(rules: Iterable[AccessRule], found: FoundGroups) -> list[str]:
    """One line per half that is missing, and per half that nobody asked for."""
    wanted = expected(rules)
    region = found.place.region
    return [
        *(f"{region}: {complaint}" for complaint in found.complaints),
        *(f"{region}: missing {half}" for half in sorted(wanted - found.halves)),
        *(f"{region}: not in the access rules: {half}" for half in sorted(found.halves - wanted)),
    ]


def _read_place(aws: Aws, ids: list[str]) -> FoundGroups:
    groups = aws.ec2.describe_security_groups(GroupIds=ids)["SecurityGroups"]
    names = {group["GroupId"]: _name(group) for group in groups}
    networks = sorted({group["VpcId"] for group in groups})
    complaints = [
        f"security group {group['GroupId']} ({group.get('Description', '')}) has no tag {TAG}"
        for group in groups
        if names[group["GroupId"]] == group["GroupId"]
    ]
    halves = {half for group in groups for half in _halves(group, names)}
    return FoundGroups(aws.place, frozenset(halves), (*complaints, *_open_defaults(aws, networks)))


def _name(group: SecurityGroupTypeDef) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])}
    return tags.get(TAG, group["GroupId"])


def _halves(group: SecurityGroupTypeDef, names: dict[str, str]) -> Iterator[Half]:
    me = names[group["GroupId"]]
    for permission in group.get("IpPermissions", []):
        for peer in _peers(permission, names):
            yield Half(peer, me, _port(permission), "in")
    for permission in group.get("IpPermissionsEgress", []):
        for peer in _peers(permission, names):
            yield Half(me, peer, _port(permission), "out")


def _peers(permission: IpPermissionOutputTypeDef, names: dict[str, str]) -> Iterator[str]:
    for pair in permission.get("UserIdGroupPairs", []):
        yield names.get(pair["GroupId"], pair["GroupId"])
    addresses = [one["CidrIp"] for one in permission.get("IpRanges", [])]
    addresses += [one["CidrIpv6"] for one in permission.get("Ipv6Ranges", [])]
    for address in addresses:
        if address != NOBODY:
            yield INTERNET if address in EVERYWHERE else address
    for prefix in permission.get("PrefixListIds", []):
        yield prefix["PrefixListId"]


def _port(permission: IpPermissionOutputTypeDef) -> str:
    protocol = permission.get("IpProtocol", "-1")
    if protocol == "-1":
        return "all"
    first, last = permission.get("FromPort", 0), permission.get("ToPort", 65535)
    ports = str(first) if first == last else f"{first}-{last}"
    return ports if protocol in ("tcp", "6") else f"{ports}/{protocol}"


def _open_defaults(aws: Aws, networks: list[str]) -> Iterator[str]:
    filters = [{"Name": "vpc-id", "Values": networks}, {"Name": "group-name", "Values": ["default"]}]
    for group in aws.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]:  # type: ignore[arg-type]
        if group.get("IpPermissions") or group.get("IpPermissionsEgress"):
            yield f"the default security group of {group['VpcId']} lets traffic through"
