"""Security groups of tenants, and of the tasks that work on their databases; what those tasks said."""

from support.embedded_place import PREFIX, Place


class Groups(Place):
    """Who may reach whom."""

    def groups(self, tenant: str) -> dict[str, str]:
        """Its security groups, by what they are for."""
        resources = self.client("cloudformation").list_stack_resources(StackName=f"{PREFIX}-tenant-{tenant}")[
            "StackResourceSummaries"
        ]
        return {
            kind: one["PhysicalResourceId"]
            for one in resources
            for kind in ("Services", "Database")
            if one["ResourceType"] == "AWS::EC2::SecurityGroup"
            and f"Groups{kind}" in one["LogicalResourceId"]
        }

    def preparation_group(self) -> str:
        """The group of what makes roles in the databases of new tenants."""
        return self._tagged("tenant-preparation")

    def mover_group(self) -> str:
        """The group of what moves rows between the pool and the databases of tenants."""
        return self._tagged("tenant-mover")

    def databases_group(self) -> str:
        """The group that all databases of tenants join."""
        return self._tagged("tenant-databases")

    def _tagged(self, name: str) -> str:
        found = self.client("ec2").describe_security_groups()["SecurityGroups"]
        tagged = {"Key": "cambium:group", "Value": name}
        (group,) = [one["GroupId"] for one in found if tagged in one.get("Tags", [])]
        return str(group)

    def ways_in(self, group: str) -> set[tuple[str, int]]:
        """Who may open which port of the members of a group."""
        rules = self.client("ec2").describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group]}]
        )["SecurityGroupRules"]
        return {
            (rule["ReferencedGroupInfo"]["GroupId"], rule["FromPort"])
            for rule in rules
            if not rule["IsEgress"]
        }
