"""``tenant wave``: an image, and the template of the last deploy, for all of them."""

from ops.commands.tenant.options import CanaryOption, ImageOption, RequestedByOption, of_tenants
from ops.commands.tenant.telling import telling
from ops.console import results
from ops.tenants.machines import Tenants


@of_tenants
def wave(
    tenants: Tenants,
    image: ImageOption,
    canary: CanaryOption = None,
    requested_by: RequestedByOption = None,
) -> None:
    """Bring all active tenants to an image and the last template: canaries, a tenth, the rest.

    It stops at a failure. Run it again to go on: who has both is left out. For the template alone, name the
    image that they run.

    Example:  cambium tenant wave --system s --env production --image 3f2c1ab --canary org-101
    """
    for region in tenants.deployment.regions:
        request = {"image": image, "canaries": canary or [], "requested_by": requested_by}
        with telling(f"wave in {region.key}") as say:
            tenants.run(region, "wave", request, say)
        results().print(f"all active tenants in {region.key} run {image}", markup=False)
