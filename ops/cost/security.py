"""What protects: secrets, keys, the firewall."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import Reading
from ops.plan.side import Resource


@counts("AWS::SecretsManager::Secret")
def secrets(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Secrets; that they are read costs cents."""
    for region, number in reading.by_region(resources).items():
        price = reading.price("AWSSecretsManager", "secret", region)
        yield Line("security", "secrets", region, float(number), float(number), price, "secrets")


@counts("AWS::KMS::Key")
def keys(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Keys of ours; each of the first two rotations, a year apart, adds the price of a key."""
    for region, number in reading.by_region(resources).items():
        price = reading.price("awskms", "customer managed key", region)
        yield Line("security", "encryption keys", region, float(number), float(number), price, "keys")


@counts("AWS::WAFv2::WebACL")
def firewalls(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Firewalls, their rules, and what they look at."""
    rules = float(sum(len(one.properties.get("Rules") or []) for one in resources))
    number = float(len(resources))
    price = reading.price("awswaf", "web ACL", "global")
    yield Line("security", "firewalls", "global", number, number, price, "firewalls")
    price = reading.price("awswaf", "rule / managed rule group", "global")
    yield Line("security", "rules of the firewall", "global", rules, rules, price, "rules")
    asked = reading.usage.requests_millions * number
    price = reading.price("awswaf", "requests", "global")
    note = f"assumed: {reading.usage.requests_millions:g} million to each"
    yield Line("security", "requests inspected", "global", asked, asked, price, "million", note, "with use")
