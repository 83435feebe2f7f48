"""From context to stacks: reads what is asked for, builds it, and attaches the rules."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk

from cambium.deploy_rules import refuse_stages
from config.catalog import load_system, system_names
from config.deployment import Deployment
from config.environment import Platform
from config.values import ConfigError
from stacks.audit import AuditStack
from stacks.composition import RegionStacks
from stacks.coverage import refuse_unbuilt
from stacks.distribution import DistributionStack
from stacks.global_watch import GlobalStack
from stacks.posture import check
from stacks.routing import LookupStack, RoutingStack


def app_from_context(context: Mapping[str, object] | None = None, *, outdir: str | None = None) -> cdk.App:
    """The app that ``-c system= -c env= [-c phase=] [-c platform=]`` asks for.

    Without an ``outdir`` its assembly goes where the CDK CLI says.

    Raises:
        ConfigError: an answer is missing or not possible; the message says what is.
    """
    given = {**feature_flags(), **(context or {})}
    app = cdk.App(context=given, analytics_reporting=False, outdir=outdir)
    build(app, chosen_deployment(app))
    return app


def feature_flags() -> dict[str, object]:
    """The frozen feature flags of ``cdk.json``, so that a template is the same with and without the CLI."""
    text = (Path(__file__).parents[1] / "cdk.json").read_text()
    flags: dict[str, object] = json.loads(text)["context"]
    return flags


def chosen_deployment(app: cdk.App) -> Deployment:
    """What the context asks for.

    Raises:
        ConfigError: as above.
    """
    system_name = app.node.try_get_context("system")
    environment = app.node.try_get_context("env")
    if not system_name or not environment:
        raise ConfigError(
            f"say which system and environment: -c system=<{'|'.join(system_names())}> -c env=<environment>"
        )
    phase = app.node.try_get_context("phase")
    if phase is not None and not str(phase).isdigit():
        raise ConfigError(f"phase must be a number, got {phase!r}")
    return load_system(system_name).resolve(
        environment, int(phase) if phase is not None else None, platform=_platform(app)
    )


def _platform(app: cdk.App) -> Platform | None:
    value = app.node.try_get_context("platform")
    match value:
        case None | "fargate" | "app-runner":
            return value
    raise ConfigError(f"platform must be fargate or app-runner, got {value!r}")


def build(app: cdk.App, deployment: Deployment) -> None:
    """Define every stack of ``deployment``, and the rules their templates must keep."""
    refuse_unbuilt(deployment)
    for region in deployment.regions:
        # Stated in the configuration, so that synthesis asks no account and gives the same everywhere.
        app.node.set_context(
            f"availability-zones:account={deployment.environment.account}:region={region.name}",
            list(region.zones),
        )
    _routing(app, deployment)
    regions = [RegionStacks(app, deployment, region) for region in deployment.regions]
    for place in regions:
        place.define_tenants()
    if deployment.audit_trail:
        recorded: list[cdk.Stack | None] = [place.storage for place in regions]
        recorded += [shard.backup for place in regions for shard in place.shards]
        _after(AuditStack(app, deployment=deployment), recorded)
    # Its Slack channel listens to topics by name, so they come first.
    shards = [shard.observability for place in regions for shard in place.shards]
    distribution = _distribution(app, deployment, regions[0])
    firewall = distribution.firewall if distribution else None
    _after(GlobalStack(app, deployment=deployment, firewall=firewall), shards)
    cdk.Tags.of(app).add("cambium:system", deployment.system)
    cdk.Tags.of(app).add("cambium:environment", deployment.environment.name)
    check(app, hipaa=deployment.hipaa)
    refuse_stages(app)


def _routing(app: cdk.App, deployment: Deployment) -> None:
    if deployment.routing is None:
        return
    table = RoutingStack(app, deployment=deployment)
    for region in deployment.regions:
        # Each reads the copy of the table in its own region.
        _after(LookupStack(app, deployment=deployment, region=region), [table])


def _distribution(app: cdk.App, deployment: Deployment, home: RegionStacks) -> DistributionStack | None:
    config = deployment.edge.distribution
    if config is None:
        return None
    distribution = DistributionStack(app, deployment=deployment, config=config, edge=home.edge)
    # Visitors are led there by its records, so what it leads to comes first.
    _after(distribution, [shard.compute for shard in home.shards])
    return distribution


def _after(stack: cdk.Stack, others: Sequence[cdk.Stack | None]) -> None:
    for other in others:
        if other is not None:
            stack.add_stack_dependency(other)
