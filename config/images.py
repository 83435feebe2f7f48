"""Machine images must be real where the account is."""

from typing import TYPE_CHECKING

from config.network import NatInstance
from config.values import EXAMPLE_IMAGE

if TYPE_CHECKING:
    from config.deployment import Deployment

EXAMPLE_ACCOUNTS = frozenset({"111122223333", "123456789012", "444455556666", "777788889999"})
"""Nobody's, as AWS's documentation writes them: nothing can be deployed to them but on the embedded AWS."""
PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"
"""Where AWS says which image of Amazon Linux 2023 is the newest, in each region."""


def check_images(deployment: "Deployment") -> None:
    """Refuse the example image in an account of somebody's own: EC2 has none of that id.

    EC2 would say so after the stacks before the machine exist. Whether another id is one of the region's is
    not known here.

    Raises:
        ValueError: names the fields, and how to find an image.
    """
    if deployment.environment.account in EXAMPLE_ACCOUNTS:
        return
    nat = deployment.network.nat
    # A host that is left keeps its disk, and no machine.
    host = deployment.host if deployment.platform == "host" else None
    images = {
        "network.nat": nat.image_id if isinstance(nat, NatInstance) else None,
        "host": host.image_id if host else None,
    }
    examples = [f"image_id of {field}" for field, image in images.items() if image == EXAMPLE_IMAGE]
    if examples:
        raise ValueError(
            f"{' and '.join(examples)} must be an image of {deployment.home.name}, since account "
            f"{deployment.environment.account} is a real one, got the example {EXAMPLE_IMAGE}; "
            f"today's is what `aws ssm get-parameter --region {deployment.home.name} --name {PARAMETER}` says"
        )
