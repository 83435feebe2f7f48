"""Network Load Balancers that really pass connections on; an Application Load Balancer is a record."""

from collections.abc import Callable, Iterable
from typing import Any

from ministack.core import responses
from ministack.services import alb

from emulator.addresses import Addresses
from emulator.relays import Place, Relays
from emulator.resources.base import Attributes, Properties
from emulator.settings import is_loopback
from emulator.topups.base import TopUp

Whereabouts = Callable[[str, int], Iterable[Place]]
"""Where the program behind a registered target really listens."""


class LoadBalancer(TopUp):
    """The name of a network load balancer is a loopback address, so that clients reach it without DNS."""

    type_name = "AWS::ElasticLoadBalancingV2::LoadBalancer"

    def __init__(self, addresses: Addresses, relays: Relays) -> None:
        self._addresses, self._relays = addresses, relays

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Give it an address, once."""
        record = alb._lbs[physical_id]
        if record["Type"] != "network":
            return {}
        if not is_loopback(record["DNSName"]):
            record["DNSName"] = self._addresses.own()
        return {"DNSName": record["DNSName"]}

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Close the listeners, which go with it."""
        self._relays.keep_only(_exists)


class Listener(TopUp):
    """Opens the port of a TCP listener at the address of its load balancer.

    It leads to the targets that are registered at that moment, in turn. Their health is whether they accept
    the connection; no check of the target group runs.
    """

    type_name = "AWS::ElasticLoadBalancingV2::Listener"

    def __init__(self, relays: Relays, whereabouts: Whereabouts) -> None:
        self._relays, self._whereabouts = relays, whereabouts

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Open the port, or another one after a change."""
        self._relays.keep_only(_exists)  # a replacement deletes the old record without telling us
        record = alb._listeners[physical_id]
        address = alb._lbs[record["LoadBalancerArn"]]["DNSName"]
        if record["Protocol"] == "TCP" and is_loopback(address):
            self._relays.ensure(physical_id, address, record["Port"], self._targets(record))
        return {}

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Close the port."""
        self._relays.keep_only(_exists)

    def _targets(self, record: dict[str, Any]) -> Callable[[], list[Place]]:
        account, region = responses.get_account_id(), responses.get_region()

        def registered() -> list[Place]:
            with responses.request_scope(account, region):
                groups = [action["TargetGroupArn"] for action in record["DefaultActions"]]
                found = [target for group in groups for target in alb._targets.get(group, [])]
            return [place for one in found for place in self._whereabouts(one["Id"], int(one["Port"]))]

        return registered


def _exists(arn: str) -> bool:
    _, _, _, region, account, _ = arn.split(":", 5)
    return alb._listeners.get_scoped(account, region, arn) is not None
