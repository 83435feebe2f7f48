"""Whether one more tenant fits, asked before anything exists."""

from collections.abc import Iterator, Mapping
from typing import Any

from asked.check import RefusedError
from tenants import registry
from tenants.settings import Settings, client


def check(tier: Settings, tenant: str) -> None:
    """Count what is there against what the account may have.

    Tenants that are being made, or move into a silo, count too, even those whose parts are there already:
    near a limit a request is refused rather than two of them failing half way.

    Args:
        tier: What is counted, and how many there may be.
        tenant: Who is to come.

    Raises:
        RefusedError: lists every quota that would not do, what is used and where to raise it.
    """
    coming = sum(_is_coming(one) for one in registry.every() if one["tenant"] != tenant)
    full = [
        f"{what}: {used} of {most} are used and {needed} more are needed"
        for what, used, most, needed in _counted(tier, coming)
        if used + needed > most
    ]
    if full:
        raise RefusedError(
            f"there is no room for another tenant: {'; '.join(full)}. Raise the quota with AWS, then "
            "tenants.quotas in the configuration; nothing was made"
        )


def _is_coming(tenant: Mapping[str, Any]) -> bool:
    moves = tenant["state"] == "moving" and tenant.get("moving_to") == "silo"
    return bool(tenant["state"] == "creating" or moves)


def _counted(tier: Settings, coming: int) -> Iterator[tuple[str, int, int, int]]:
    quotas, each = tier.quotas, tier.services
    yield "database instances", _instances(), quotas["database_instances"], 1 + coming
    yield "stacks", _stacks(), quotas["stacks"], 1 + coming
    yield from _addresses(tier)
    if tier.platform == "fargate":
        needed = each * (1 + coming)
        yield "rules of the listener", len(priorities(tier)), quotas["listener_rules"], needed
        yield "target groups of the load balancer", _targets(), quotas["target_groups"], needed
        yield "rules of the load balancer's group", _rules(tier), quotas["group_rules"], needed
    else:
        yield "App Runner services", _app_runner(), quotas["app_runner_services"], each * (1 + coming)


def priorities(tier: Settings) -> set[int]:
    """Numbers that rules of the listener have."""
    if tier.platform != "fargate":
        return set()
    pages = client("elbv2").get_paginator("describe_rules").paginate(ListenerArn=tier.place["Listener"])
    rules = [rule["Priority"] for page in pages for rule in page["Rules"]]
    return {int(number) for number in rules if number.isdigit()}


def _addresses(tier: Settings) -> Iterator[tuple[str, int, int, int]]:
    subnets = [value for name, value in tier.place.items() if name.startswith("PrivateSubnet")]
    for subnet in client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]:
        free = int(subnet["AvailableIpAddressCount"])
        what = f"free addresses of subnet {subnet['SubnetId']}"
        yield what, 0, free, tier.quotas["free_addresses"]


def _instances() -> int:
    pages = client("rds").get_paginator("describe_db_instances").paginate()
    return sum(len(page["DBInstances"]) for page in pages)


def _stacks() -> int:
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    return sum(len(page["Stacks"]) for page in pages)


def _targets() -> int:
    pages = client("elbv2").get_paginator("describe_target_groups").paginate()
    return sum(len(page["TargetGroups"]) for page in pages)


def _rules(tier: Settings) -> int:
    group = {"Name": "group-id", "Values": [tier.place["LoadBalancerGroup"]]}
    pages = client("ec2").get_paginator("describe_security_group_rules").paginate(Filters=[group])
    return sum(1 for page in pages for rule in page["SecurityGroupRules"] if rule["IsEgress"])


def _app_runner() -> int:
    return len(client("apprunner").list_services()["ServiceSummaryList"])
