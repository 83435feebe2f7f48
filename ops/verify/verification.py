"""Everything that is checked after a deploy, in one value."""

from collections.abc import Callable
from dataclasses import dataclass

from config.deployment import Deployment
from config.shard_access import regional_access
from ops import reachability
from ops.assembly.comparison import HEALTHY, Deployed, compare
from ops.assembly.manifest import Assembly
from ops.embedded.aws import Places
from ops.verify import existence, inventory, names, network, poolers, secrets, stores
from ops.verify.network import FoundGroups
from ops.verify.secrets import FoundSecrets
from ops.verify.stores import Store
from ops.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found, and every difference to what was described."""

    stacks: tuple[Deployed, ...]
    resources: int
    asked: int
    """Resources whose own service was asked about them."""
    groups: tuple[FoundGroups, ...]
    stores: tuple[Store, ...]
    secrets: FoundSecrets
    straight_pools: tuple[str, ...]
    """Connection pools that pool nothing here."""
    differences: tuple[str, ...]


def verify(
    workspace: Workspace,
    deployment: Deployment,
    assembly: Assembly,
    places: Places,
    say: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Ask the API about everything the assembly and the configuration promise."""
    say("stacks and templates")
    deployed = compare(assembly, places)
    everything = inventory.take(assembly, places)
    say(f"{len(everything.resources)} resources")
    asked, lost = existence.missing(everything, places)
    say("security groups")
    groups = network.read(everything, places, _private(deployment))
    say("databases and caches")
    found_stores = stores.read(deployment, everything, places)
    say("secrets and logins")
    found_secrets = secrets.read(deployment, places, workspace.emulator_data / "ca.pem")
    return Verification(
        stacks=tuple(deployed),
        resources=len(everything.resources),
        asked=asked,
        groups=tuple(groups),
        stores=tuple(found_stores),
        secrets=found_secrets,
        straight_pools=poolers.straight(places, assembly.places),
        differences=(
            *_stack_differences(deployed),
            *lost,
            *names.differences(deployment, everything, places),
            *_network_differences(deployment, groups),
            *(f"templates: {line}" for line in reachability.differences(deployment, assembly.templates)),
            *(complaint for store in found_stores for complaint in store.complaints),
            *found_secrets.complaints,
        ),
    )


def _private(deployment: Deployment) -> dict[str, frozenset[str]]:
    """Addresses of the private subnets by region."""
    return {
        region.name: frozenset(deployment.network_of(region).cidrs_of("Private"))
        for region in deployment.regions
    }


def _stack_differences(deployed: list[Deployed]) -> list[str]:
    found = []
    for one in deployed:
        if one.state not in HEALTHY:
            found.append(f"stack {one.stack.name} is {one.state or 'missing'}")
        elif not one.same_template:
            found.append(f"stack {one.stack.name} has another template than the one synthesised")
    return found


def _network_differences(deployment: Deployment, groups: list[FoundGroups]) -> list[str]:
    seen = {found.place.region for found in groups}
    rules = {region.name: regional_access(deployment, region) for region in deployment.regions}
    lacking = [region for region in deployment.regions if region.name not in seen]
    return [
        *(line for found in groups for line in network.differences(rules[found.place.region], found)),
        *(f"{region.name}: no security groups at all" for region in lacking if rules[region.name]),
    ]
