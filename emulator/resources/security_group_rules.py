"""Security group rules that stand beside their group in the template."""

from typing import Any

from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource

_PEERS = frozenset(
    {
        *("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6"),
        *("SourceSecurityGroupId", "DestinationSecurityGroupId"),
        *("SourcePrefixListId", "DestinationPrefixListId"),
    }
)


class IngressRule(Resource):
    """An inbound rule.

    A change of port or peer makes a new rule, then the old one goes, by its own id: so the new
    one is never taken for the old one. A change of the description keeps the rule.
    """

    type_name = "AWS::EC2::SecurityGroupIngress"
    replacing = _PEERS
    direction = "ingress"

    def create(self, properties: Properties, name: str) -> str:
        """Authorize the rule."""
        authorize = getattr(api("ec2"), f"authorize_security_group_{self.direction}")
        result = authorize(GroupId=properties["GroupId"], IpPermissions=[_permission(properties)])
        return str(result["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the description."""
        rule = {"Description": new.get("Description", ""), "IpProtocol": str(new["IpProtocol"])}
        api("ec2").modify_security_group_rules(
            GroupId=new["GroupId"],
            SecurityGroupRules=[
                {"SecurityGroupRuleId": physical_id, "SecurityGroupRule": rule},
            ],
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Revoke the rule with this id, not one that looks like it."""
        revoke = getattr(api("ec2"), f"revoke_security_group_{self.direction}")
        revoke(GroupId=properties["GroupId"], SecurityGroupRuleIds=[physical_id])


class EgressRule(IngressRule):
    """An outbound rule."""

    type_name = "AWS::EC2::SecurityGroupEgress"
    direction = "egress"


def _permission(properties: Properties) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    for port in ("FromPort", "ToPort"):
        if properties.get(port) is not None:
            permission[port] = int(properties[port])
    described = {"Description": properties["Description"]} if properties.get("Description") else {}
    for template_name, list_name, api_name in _PEER_NAMES:
        if properties.get(template_name):
            permission[list_name] = [{api_name: properties[template_name], **described}]
    return permission


_PEER_NAMES = (
    ("CidrIp", "IpRanges", "CidrIp"),
    ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
    ("SourceSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ("DestinationSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
    ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
)
