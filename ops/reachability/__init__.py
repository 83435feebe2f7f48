"""Proves from templates who can reach whom, and compares it, both ways, with the access rules.

Reads what CloudFormation will be given: security groups with both halves of each connection, who carries
which group, and the routes of the subnets they stand in. It needs no AWS and no CDK.
"""

from collections.abc import Mapping

from config.deployment import Deployment
from ops.reachability.places import of_region
from ops.reachability.proof import Reachability as Reachability
from ops.reachability.templates import Template as Template
from ops.reachability.templates import Templates as Templates


def differences(deployment: Deployment, templates: Mapping[str, Template]) -> list[str]:
    """Where the templates, by stack name, allow more or less than the configuration asks for."""
    found = []
    for region in deployment.regions:
        lines = Reachability(
            deployment, Templates(of_region(deployment, region, templates)), region
        ).differences()
        several = len(deployment.regions) > 1
        found += [f"{region.name}: {line}" if several else line for line in lines]
    return found
