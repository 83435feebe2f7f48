"""A DNS zone belongs to one account, and to one environment that makes it."""

from functools import reduce
from typing import TYPE_CHECKING

from config.edge import Edge

if TYPE_CHECKING:
    from config.environment import Environment
    from config.system import System


def check_zones(system: "System") -> None:
    """Refuse two environments that would each create the zone of one domain, or write into one from afar.

    Raises:
        ValueError: names both environments and what they share.
    """
    creators: dict[str, str] = {}
    writers: dict[str, Environment] = {}
    for environment in system.environments:
        edge = _edge_of(system, environment)
        if edge.dns != "route53":
            continue
        if edge.hosted_zone_id is None:
            _refuse_second_creator(creators.setdefault(edge.domain, environment.name), environment, edge)
        else:
            _refuse_far_zone(writers.setdefault(edge.hosted_zone_id, environment), environment, edge)


def _edge_of(system: "System", environment: "Environment") -> Edge:
    steps = [*system.phases[: environment.phase], environment.changes]
    return reduce(lambda edge, step: step.edge.onto(edge), steps, system.edge)


def _refuse_second_creator(first: str, environment: "Environment", edge: Edge) -> None:
    if first != environment.name:
        raise ValueError(
            f"environments {first} and {environment.name} must not both create the zone of {edge.domain}: "
            f'of {environment.name}, give the hosted_zone_id, or a domain of its own, or dns "elsewhere"'
        )


def _refuse_far_zone(first: "Environment", environment: "Environment", edge: Edge) -> None:
    if first.account != environment.account:
        raise ValueError(
            f"hosted_zone_id of environments {first.name} and {environment.name} must be zones of their own "
            f"accounts ({first.account} and {environment.account}), got {edge.hosted_zone_id} for both: a "
            'zone takes records from its own account only; give the other one dns "elsewhere", or a domain '
            "of its own"
        )
