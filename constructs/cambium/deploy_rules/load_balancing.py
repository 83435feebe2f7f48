"""Rules for network load balancers."""

from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules import security_group
from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import as_dict, number, text

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html"
PROTOCOLS = {"tcp": ("tcp", "6"), "tls": ("tcp", "6"), "udp": ("udp", "17")}


@rule(
    "CB-LB-01",
    says="A network load balancer with a security group forwards only what the group lets in, and "
    "CDK's group has no ingress rule.",
    fix="Open the listener's port: balancer.connections.allow_from(client, ec2.Port.tcp(port)).",
    docs=GUIDE,
)
def balancer_lets_clients_in(templates: Templates) -> Iterator[Finding]:
    """Find load balancers that no client can reach."""
    for balancer, groups in _balancers(templates):
        if all(security_group.rules(group, "Ingress", templates) == [] for group in groups):
            yield finding(balancer, "SecurityGroups", because="no ingress rule")


@rule(
    "CB-LB-02",
    says="A network load balancer with a security group reaches only the targets its egress rules "
    "name; the others never become healthy and the deploy rolls back.",
    fix="Open the way to the targets: service.connections.allow_from(balancer, ec2.Port.tcp(port)).",
    docs=GUIDE,
)
def balancer_reaches_its_targets(templates: Templates) -> Iterator[Finding]:
    """Find target groups behind a closed door."""
    for balancer, groups in _balancers(templates):
        egress = _egress(groups, templates)
        if egress is None:
            continue
        for target_group in _target_groups(balancer, templates):
            for port in _ports(target_group, templates):
                if not any(_covers(allowed, target_group, port) for allowed in egress):
                    because = f"no egress rule for port {port:g} of {target_group.logical_id}"
                    yield finding(balancer, "SecurityGroups", because=because)


def _balancers(templates: Templates) -> Iterator[tuple[Resource, list[Resource]]]:
    for balancer in templates.of_type(BALANCER):
        if text(balancer.get("Type")) == "network":
            groups = security_group.groups(balancer, "SecurityGroups", templates=templates)
            if groups:
                yield balancer, groups


def _egress(groups: list[Resource], templates: Templates) -> list[Any] | None:
    """All egress rules; None when one group lets everything out or decides at deploy."""
    allowed: list[Any] = []
    for group in groups:
        egress = security_group.rules(group, "Egress", templates)
        if egress is None or group.get("SecurityGroupEgress") is None:
            return None
        allowed += egress
    return allowed


def _target_groups(balancer: Resource, templates: Templates) -> list[Resource]:
    found: dict[int, Resource] = {}
    for listener in templates.of_type(LISTENER):
        if templates.target(listener.get("LoadBalancerArn"), listener.template) is balancer:
            for target in templates.targets(listener.get("DefaultActions"), listener.template):
                if target.type == TARGET_GROUP:
                    found[id(target)] = target
    return list(found.values())


def _ports(target_group: Resource, templates: Templates) -> set[float]:
    """Where traffic and health checks go: an ECS task listens on its container's port."""
    containers = {
        port
        for service in templates.of_type("AWS::ECS::Service")
        for attachment in map(as_dict, service.items("LoadBalancers"))
        if templates.target(attachment.get("TargetGroupArn"), service.template) is target_group
        and (port := number(attachment.get("ContainerPort"))) is not None
    }
    written = [target_group.get("HealthCheckPort")]
    if not containers:
        written.append(target_group.get("Port"))
    return containers | {port for value in written if (port := number(value)) is not None}


def _covers(rule_properties: Any, target_group: Resource, port: float) -> bool:
    """Whether an egress rule lets traffic to that port out, or might."""
    egress = as_dict(rule_properties)
    protocol = egress.get("IpProtocol")
    if not isinstance(protocol, str | int) or str(protocol) == "-1":
        return True
    wanted = PROTOCOLS.get(text(target_group.get("Protocol")), ("tcp", "6", "udp", "17"))
    first, last = number(egress.get("FromPort")), number(egress.get("ToPort"))
    in_range = (first is None or first <= port) and (last is None or port <= last)
    return str(protocol).lower() in wanted and in_range
