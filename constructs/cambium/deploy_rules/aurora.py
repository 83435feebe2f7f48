"""Rules for Aurora clusters that are to cost nothing while nobody uses them."""

from collections.abc import Iterator

from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Resource, Templates
from cambium.deploy_rules.values import number, text

CLUSTER = "AWS::RDS::DBCluster"
PROXY_TARGETS = "AWS::RDS::DBProxyTargetGroup"
SCALING = "ServerlessV2ScalingConfiguration"
GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"
ON = frozenset({"1", "on", "true"})


@rule(
    "CB-AURORA-01",
    says="An Aurora cluster pauses from a minimum of 0 ACU alone: with more it is billed day and night, "
    "whatever SecondsUntilAutoPause says.",
    fix="Set MinCapacity to 0, or leave SecondsUntilAutoPause out.",
    docs=GUIDE,
)
def pause_starts_from_nothing(templates: Templates) -> Iterator[Finding]:
    """Find a time to pause after that never comes."""
    for cluster in templates.of_type(CLUSTER):
        least = number(cluster.get(SCALING, "MinCapacity"))
        if least and number(cluster.get(SCALING, "SecondsUntilAutoPause")) is not None:
            yield finding(cluster, SCALING, "SecondsUntilAutoPause", because=f"MinCapacity = {least:g}")


@rule(
    "CB-AURORA-02",
    says="An Aurora cluster with a minimum of 0 ACU never pauses while RDS Proxy, logical replication or a "
    "global database keeps a connection to it.",
    fix="Leave out what holds the connection (a pool of your own can let go of idle ones), or accept "
    "the bill with a MinCapacity of 0.5 or more.",
    docs=GUIDE,
)
def nothing_keeps_it_awake(templates: Templates) -> Iterator[Finding]:
    """Find what holds a connection to a cluster that is to pause."""
    for cluster in templates.of_type(CLUSTER):
        if number(cluster.get(SCALING, "MinCapacity")) == 0:
            for because in _awake(cluster, templates):
                yield finding(cluster, SCALING, "MinCapacity", because=because)


def _awake(cluster: Resource, templates: Templates) -> Iterator[str]:
    for proxy in templates.of_type(PROXY_TARGETS):
        if cluster in templates.targets(proxy.get("DBClusterIdentifiers"), proxy.template):
            yield f"RDS Proxy {proxy.logical_id} leads to it"
    if cluster.get("GlobalClusterIdentifier") is not None:
        yield "it belongs to a global database"
    for parameters in templates.targets(cluster.get("DBClusterParameterGroupName"), cluster.template):
        if text(str(parameters.get("Parameters", "rds.logical_replication"))) in ON:
            yield f"{parameters.logical_id} turns on rds.logical_replication"
