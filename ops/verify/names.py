"""Whether each service that others call can be found by its name, and nobody else can."""

from collections.abc import Iterator

from config.deployment import Deployment
from ops.embedded.aws import Places
from ops.verify.inventory import Inventory

NAMESPACE = "AWS::ServiceDiscovery::HttpNamespace"


def differences(deployment: Deployment, inventory: Inventory, places: Places) -> Iterator[str]:
    """One line for each name that is missing from a namespace, and for each that nobody calls."""
    called = {name for service in deployment.services for name in service.calls}
    for namespace in inventory.of_type(NAMESPACE):
        client = places.at(namespace.place).client("servicediscovery")
        pages = client.get_paginator("list_services").paginate(
            Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace.physical_id], "Condition": "EQ"}]
        )
        found = {one["Name"] for page in pages for one in page["Services"]}
        for name in sorted(called - found):
            yield f"{namespace.stack}: {name} is called, and has no name in the namespace"
        for name in sorted(found - called):
            yield f"{namespace.stack}: {name} has a name in the namespace, and nobody calls it"
