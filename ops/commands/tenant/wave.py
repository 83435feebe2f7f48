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

    Region after region; each begins with those of the canaries that are in it, or with its first tenant.
    It stops at a failure. Run it again to go on: who has both is left out. For the template alone, name the
    image that they run.

    Example:  cambium tenant wave --system s --env production --image 3f2c1ab --canary org-101
    """
    home = {name: tenants.region_of(name) for name in canary or []}
    for region in tenants.deployment.regions:
        here = [name for name, at in home.items() if at == region]
        request = {"image": image, "canaries": here, "requested_by": requested_by}
        with telling(f"wave in {region.key}") as say:
            tenants.run(region, "wave", request, say)
        results().print(f"all active tenants in {region.key} run {image}", markup=False)
