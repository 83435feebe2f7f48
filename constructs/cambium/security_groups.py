"""Security groups made from the access table: both halves of each connection, and nothing else."""

from collections.abc import Iterable, Mapping

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.access import GROUP_TAG, INTERNET, NOWHERE, AccessRule
from config.names import words
from config.shard_access import FIRST, SHARD_TAG


class SecurityGroups(Construct):
    """One security group per name in the table.

    The groups are handed out by id and immutable, so that no L2 opens a further port behind the
    table's back.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        rules: Iterable[AccessRule],
        shard_key: str = FIRST,
        known: Mapping[str, ec2.ISecurityGroup] | None = None,
    ) -> None:
        """Make them.

        Args:
            scope: Where.
            construct_id: Its id.
            vpc: Whose they are.
            rules: The table, or a part of it.
            shard_key: Whose shard's they are.
            known: Groups of another stack that rules name; what is opened to them is written down here.
        """
        super().__init__(scope, construct_id)
        self._shard_key = shard_key
        self._groups: dict[str, ec2.ISecurityGroup] = dict(known or {})
        self._vpc = vpc
        stated = list(rules)
        for rule in stated:
            self._open(rule)
        for name in {rule.source for rule in stated} - {INTERNET}:
            if not any(rule.source == name and rule.target == INTERNET for rule in stated):
                self._keep_closed(name)

    def group(self, name: str) -> ec2.ISecurityGroup:
        """The group of that name.

        Raises:
            KeyError: no rule of the table names it.
        """
        return self._groups[name]

    def _open(self, rule: AccessRule) -> None:
        port = ec2.Port.tcp(rule.port)
        if rule.source == INTERNET:
            group = self._define(rule.target)
            group.add_ingress_rule(ec2.Peer.any_ipv4(), port, rule.why)
            acknowledge(
                group, {"AwsSolutions-EC23": "the front door of a public service is open to everybody"}
            )
        elif rule.target == INTERNET:
            self._define(rule.source).add_egress_rule(ec2.Peer.any_ipv4(), port, rule.why)
        else:
            source, target = self._define(rule.source), self._define(rule.target)
            source.add_egress_rule(target, port, rule.why)
            target.add_ingress_rule(source, port, rule.why)

    def _keep_closed(self, name: str) -> None:
        # CDK writes rules between groups as resources of their own, and leaves the group without any. To
        # such a group AWS adds a rule that lets everything out, so one that lets nothing out stays inside.
        self._groups[name].add_egress_rule(
            ec2.Peer.ipv4(NOWHERE), ec2.Port.icmp_type_and_code(252, 87), "Nothing but the stated rules"
        )

    def _define(self, name: str) -> ec2.ISecurityGroup:
        if name not in self._groups:
            group = ec2.SecurityGroup(
                self,
                words(name),
                vpc=self._vpc,
                description=f"Members of {name}: see the access table",
                allow_all_outbound=False,
            )
            Tags.of(group).add(GROUP_TAG, name)
            if self._shard_key != FIRST:
                Tags.of(group).add(SHARD_TAG, self._shard_key)
            self._groups[name] = group
        return self._groups[name]


def immutable(scope: Construct, construct_id: str, group: ec2.ISecurityGroup) -> ec2.ISecurityGroup:
    """``group`` as another stack may use it: attached, never extended."""
    return ec2.SecurityGroup.from_security_group_id(
        scope, construct_id, group.security_group_id, mutable=False
    )
