"""What security groups let through, as the templates write it."""

from itertools import combinations

from config.access import GROUP_TAG
from config.shard_access import FIRST, SHARD_TAG, called
from ops.reachability.connections import EVERYWHERE, Half, Way, half
from ops.reachability.templates import Address, Properties, Templates

GROUP = "AWS::EC2::SecurityGroup"
WAYS: tuple[tuple[str, Way], ...] = (("Egress", "out"), ("Ingress", "in"))


def group_name(group: Properties, untagged: str) -> str:
    """What the tags of a security group call it; ``untagged`` where they say nothing."""
    tags = {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])}
    name = tags.get(GROUP_TAG)
    return untagged if name is None else called(name, tags.get(SHARD_TAG, FIRST))


class Groups:
    """Every security group of a deployment.

    Attributes:
        names: What each group is called in the access table.
        halves: What each lets through.
        complaints: What is wrong with them as groups.
    """

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self.names: dict[Address, str] = {}
        self.halves: dict[Address, set[Half]] = {}
        self.complaints: list[str] = []
        self._limited: set[Address] = set()
        for where, properties in templates.of_type(GROUP):
            self._read_group(where, properties)
        self._read_rules()
        # A group without a way out of its own is given one to everywhere. Whether a rule written beside the
        # group takes that away again is nowhere promised, so the proof assumes that it does not.
        for where in self.halves.keys() - self._limited:
            self._add_rule(where, where.stack, {"IpProtocol": "-1", "CidrIp": EVERYWHERE[0]}, "out")
        self._check_names()

    def _check_names(self) -> None:
        for (where, name), (other, again) in combinations(self.names.items(), 2):
            if name == again and where.stack == other.stack:
                self.complaints.append(f"{where} and {other} are both {name}: they cannot be told apart")

    def _read_group(self, where: Address, properties: Properties) -> None:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        if GROUP_TAG not in tags:
            self.complaints.append(f"security group {where} has no tag {GROUP_TAG}")
        self.names[where] = group_name(properties, str(where))
        self.halves[where] = set()
        if properties.get("SecurityGroupEgress"):
            self._limited.add(where)
        for kind, way in WAYS:
            for rule in properties.get(f"SecurityGroup{kind}", []):
                self._add_rule(where, where.stack, rule, way)

    def _read_rules(self) -> None:
        for kind, way in WAYS:
            for where, rule in self.templates.of_type(f"{GROUP}{kind}"):
                group = self.templates.target(where.stack, rule["GroupId"])
                if group in self.halves:
                    self._add_rule(group, where.stack, rule, way)

    def _add_rule(self, group: Address, stack: str, rule: Properties, way: Way) -> None:
        ports = rule.get("FromPort", 0), rule.get("ToPort", 65535)
        found = half(self.names[group], way, self._peer(stack, rule), rule["IpProtocol"], ports)
        if found is not None:
            self.halves[group].add(found)

    def _peer(self, stack: str, rule: Properties) -> str:
        for key in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
            found = self.templates.target(stack, rule.get(key))
            if found is not None:
                # Rules may come before the group they name.
                return group_name(self.templates.properties(found), str(found))
        peers = (
            "CidrIp",
            "CidrIpv6",
            "SourcePrefixListId",
            "DestinationPrefixListId",
            "SourceSecurityGroupId",
        )
        return str(next((rule[key] for key in peers if key in rule), "nobody"))
