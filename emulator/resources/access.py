"""Policies, rotation, firewalls and capacity that are attached to something else."""

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource


class SecretPolicy(Resource):
    """The resource policy of a secret; the emulator does not enforce it."""

    type_name = "AWS::SecretsManager::ResourcePolicy"
    replacing = frozenset({"SecretId"})

    def create(self, properties: Properties, name: str) -> str:
        """Put the policy."""
        call(api("secretsmanager"), "PutResourcePolicy", properties)
        return str(properties["SecretId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the policy; putting it again does that."""
        call(api("secretsmanager"), "PutResourcePolicy", new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the policy."""
        api("secretsmanager").delete_resource_policy(SecretId=physical_id)


class SecretRotation(Resource):
    """The rotation schedule of a secret; the emulator never rotates by itself."""

    type_name = "AWS::SecretsManager::RotationSchedule"
    replacing = frozenset({"SecretId"})

    def create(self, properties: Properties, name: str) -> str:
        """Turn rotation on, without rotating at once: the database may not be reachable yet."""
        self.update(properties["SecretId"], {}, properties)
        return str(properties["SecretId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the schedule."""
        if "HostedRotationLambda" in new:
            raise ValueError("HostedRotationLambda needs a macro the emulator does not have")
        call(api("secretsmanager"), "RotateSecret", new, RotateImmediately=False)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Do nothing: MiniStack can't turn rotation off, and never rotates anyway."""


class Group(Resource):
    """A group of IAM users; what it may do is a policy beside it, and not enforced."""

    type_name = "AWS::IAM::Group"
    replacing = frozenset({"GroupName"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the group."""
        group = str(properties.get("GroupName") or name)
        return str(api("iam").create_group(GroupName=group)["Group"]["GroupName"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return its ARN."""
        return {"Arn": api("iam").get_group(GroupName=physical_id)["Group"]["Arn"]}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Refuse what is not built: nothing of ours writes policies into the group itself."""
        raise ValueError("a group's policies stand beside it, as AWS::IAM::Policy")

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the group."""
        api("iam").delete_group(GroupName=physical_id)


class WebAclAssociation(Resource):
    """Puts a firewall in front of a load balancer; no request is filtered."""

    type_name = "AWS::WAFv2::WebACLAssociation"
    replacing = frozenset({"ResourceArn", "WebACLArn"})

    def create(self, properties: Properties, name: str) -> str:
        """Associate the two."""
        call(api("wafv2"), "AssociateWebACL", properties)
        return f"{properties['WebACLArn']}|{properties['ResourceArn']}"

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Separate them."""
        api("wafv2").disassociate_web_acl(ResourceArn=properties["ResourceArn"])


class FirewallLogging(Resource):
    """Where a firewall logs to; nothing is filtered, so nothing is logged."""

    type_name = "AWS::WAFv2::LoggingConfiguration"
    replacing = frozenset({"ResourceArn"})

    def create(self, properties: Properties, name: str) -> str:
        """Put the configuration."""
        self.update(properties["ResourceArn"], {}, properties)
        return str(properties["ResourceArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return what only Firewall Manager makes otherwise."""
        return {"ManagedByFirewallManager": "false"}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the configuration; putting it again does that."""
        call(api("wafv2"), "PutLoggingConfiguration", {}, LoggingConfiguration=dict(new))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Log nowhere."""
        api("wafv2").delete_logging_configuration(ResourceArn=physical_id)


class ClusterCapacity(Resource):
    """Which capacity providers an ECS cluster may use."""

    type_name = "AWS::ECS::ClusterCapacityProviderAssociations"
    replacing = frozenset({"Cluster"})

    def create(self, properties: Properties, name: str) -> str:
        """Put the providers."""
        call(api("ecs"), "PutClusterCapacityProviders", properties)
        return str(properties["Cluster"])

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the providers; putting them again does that."""
        call(api("ecs"), "PutClusterCapacityProviders", new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Take the providers away."""
        api("ecs").put_cluster_capacity_providers(
            cluster=physical_id, capacityProviders=[], defaultCapacityProviderStrategy=[]
        )
