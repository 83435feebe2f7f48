"""Which templates belong to which network: a region has one, and nothing leads from one into another."""

from collections.abc import Mapping

from config.deployment import Deployment
from config.region import Region
from config.shard_access import FIRST
from ops.reachability.templates import Template


def of_region(
    deployment: Deployment, region: Region, templates: Mapping[str, Template]
) -> dict[str, Template]:
    """The templates of ``region``; what belongs to no region is looked at with the home region."""
    return {
        stack: template
        for stack, template in templates.items()
        if _region_of(deployment, stack).key == region.key
    }


def _region_of(deployment: Deployment, stack: str) -> Region:
    of_stack = (one for one in deployment.regions if stack.startswith(_prefix(deployment, one)))
    # The longest: a region may be called "eu", and another one "eu-north".
    return max(of_stack, key=lambda one: len(one.key), default=deployment.home)


def shard_key_of(deployment: Deployment, stack: str) -> str:
    """The key of the shard that ``stack`` belongs to; of the first, where it belongs to none."""
    prefix = _prefix(deployment, _region_of(deployment, stack))
    word = stack.removeprefix(prefix).partition("-")[0]
    return word if stack.startswith(prefix) and word.isdigit() else FIRST


def _prefix(deployment: Deployment, region: Region) -> str:
    return deployment.stack_name("", region)
