"""Names of a private zone that lead somewhere, though nobody here asks a DNS server."""

from typing import Any

from ministack.core import responses
from ministack.services import servicediscovery
from ministack.services.cloudformation import engine

from emulator.addresses import Addresses
from emulator.relays import Relays, Targets
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp


class PrivateNames:
    """Each name has a loopback address, and templates that name it are given that, as by a load balancer.

    So connection URLs work for whoever reads them on this machine. There is no expiry: connections go at once
    to the tasks that are registered at that moment.
    """

    def __init__(self, addresses: Addresses, relays: Relays) -> None:
        self._addresses, self._relays = addresses, relays
        self._known: dict[str, tuple[str, str]] = {}

    def install(self) -> None:
        """Put addresses in the place of names from now on."""
        original = engine._resolve_refs

        def resolve(value: Any, *context: Any, **options: Any) -> Any:
            found = original(value, *context, **options)
            return self._address(found) or found if isinstance(found, str) else found

        engine._resolve_refs = resolve

    def give(self, service_id: str, name: str) -> None:
        """Give a name its address, once."""
        if service_id not in self._known:
            self._known[service_id] = (_here(name), self._addresses.own())

    def take(self, service_id: str) -> None:
        """Forget a name, and close what leads on from it."""
        self._known.pop(service_id, None)
        self._relays.keep_only(lambda key: key in self._known)

    def lead(self, service_id: str, port: int, targets: Targets) -> None:
        """Open the port of a name.

        Raises:
            ValueError: The port is taken.
        """
        if service_id in self._known:
            self._relays.ensure(service_id, self._known[service_id][1], port, targets)

    def stop(self) -> None:
        """Close everything."""
        self._relays.stop()

    def _address(self, text: str) -> str | None:
        return next((address for name, address in list(self._known.values()) if name == _here(text)), None)


class DiscoveredService(TopUp):
    """A service of Cloud Map in a private zone: its name gets an address. One found by API only has none."""

    type_name = "AWS::ServiceDiscovery::Service"

    def __init__(self, names: PrivateNames) -> None:
        self._names = names

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Give the name its address."""
        service = servicediscovery._services[physical_id]
        namespace = servicediscovery._namespaces[service["NamespaceId"]]
        if namespace["Type"] == "DNS_PRIVATE":
            self._names.give(physical_id, f"{service['Name']}.{namespace['Name']}")
        return {}

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Take it away."""
        self._names.take(physical_id)


def _here(name: str) -> str:
    # A zone is known in its own network only, and one network is in one region of one account.
    return f"{responses.get_account_id()}/{responses.get_region()}/{name}"
