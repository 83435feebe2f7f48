"""How services of tenants scale: as everybody's, from the instances of their tier on."""

from aws_cdk import RemovalPolicy
from constructs import Construct

from cambium.app_runner_service import define_scaling
from config.names import tenant_scaling_name, words
from config.service import Service
from config.tenancy import TenantTier


def fitted_to(tier: TenantTier, service: Service) -> Service:
    """A service as tenants have it."""
    scaling = service.scaling.model_copy(update={"min": tier.instances})
    return service.model_copy(update={"scaling": scaling})


def scaling_of(service: Service) -> str:
    """The parameter of a tenant's stack that says how App Runner scales a service."""
    return f"Scaling{words(service.name)}"


def shared_scaling(scope: Construct, *, system: str, tier: TenantTier, service: Service) -> str:
    """The ARN of what all tenants share, since a region has ten; it stays as long as services have it."""
    found = define_scaling(
        scope,
        scaling_of(service),
        name=tenant_scaling_name(system, service.name),
        scaling=fitted_to(tier, service).scaling,
    )
    found.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return found.attr_auto_scaling_configuration_arn
