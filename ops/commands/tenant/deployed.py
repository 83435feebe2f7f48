"""Which deployment the verbs of ``tenant`` are about: the one that is there, in the phase it is in."""

from config.catalog import load_system
from config.deployment import Deployment
from ops.assembly.comparison import describe
from ops.assembly.target import Target
from ops.deploy import ledger
from ops.embedded import emulator
from ops.embedded.aws import Place, Places
from ops.outcome import ExitCode, OperatorError
from ops.tenants.machines import Tenants
from ops.workspace import Workspace


def tenants_of(workspace: Workspace, target: Target) -> Tenants:
    """The tenants of what is deployed; where no phase or platform is said, of whichever is.

    Raises:
        OperatorError: nothing is deployed, or another phase or platform than was said, or one without
            tenants of this kind; the hint deploys what has some.
        ConfigError: there is no such thing.
    """
    wanted, tier = target.resolve(), load_system(target.system).tenants
    if wanted.tenants is None and (target.phase is not None or tier is None):
        raise _without_tenants(target, wanted)
    running = emulator.require(workspace, hint=_first(target).command_up)
    found = ledger.entry(workspace, running, target)
    if found is None:
        raise OperatorError(
            ExitCode.NOT_RUNNING,
            f"{target.system} {target.environment} is not deployed",
            hint=_first(target).command_up,
        )
    there = Target(target.system, target.environment, found.phase, found.target.platform)
    deployment = there.resolve()
    _check_choice(target, found, deployment)
    if deployment.tenants is None:
        raise _without_tenants(there, deployment)
    places = Places(running.url)
    _check_stacks(deployment, places, there)
    return Tenants(deployment, places)


def _first(target: Target) -> Target:
    """The same where it has a tier for tenants, if it ever does and nobody said a phase."""
    tier = load_system(target.system).tenants
    if target.phase is not None or tier is None or target.resolve().tenants is not None:
        return target
    return Target(target.system, target.environment, tier.since_phase, target.platform)


def _check_choice(target: Target, found: ledger.Entry, deployment: Deployment) -> None:
    for word, option, wanted, there in (
        ("in phase", "--phase", target.phase, found.phase),
        ("on", "--platform", target.platform, found.platform),
    ):
        if wanted not in (None, there):
            leave = f"leave {option} out for what is deployed, or " if deployment.tenants else ""
            raise OperatorError(
                ExitCode.CONFIGURATION,
                f"{target.system} {target.environment} is deployed {word} {there}, not {wanted}",
                hint=f"{leave}deploy what you mean: {target.command_up}",
            )


def _without_tenants(target: Target, deployment: Deployment) -> OperatorError:
    tier = load_system(target.system).tenants
    first = Target(target.system, target.environment, tier.since_phase if tier else None, target.platform)
    return OperatorError(
        ExitCode.CONFIGURATION,
        f"{target.system} {target.environment} has no tenants with a stack for themselves in phase "
        f"{deployment.phase}",
        hint=f"from phase {tier.since_phase} on it has: {first.command_up}"
        if tier
        else "cambium systems says which system has some",
    )


def _check_stacks(deployment: Deployment, places: Places, target: Target) -> None:
    for region in deployment.regions:
        name = deployment.stack_name("tenants", region)
        if describe(places.at(Place(deployment.environment.account, region.name)), name) is None:
            raise OperatorError(
                ExitCode.NOT_RUNNING,
                f"there is no stack {name} yet: the deploy did not come to its end",
                hint=target.command_up,
            )
