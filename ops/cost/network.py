"""Ways in and out: NAT gateways, addresses, load balancers, endpoints, traffic, names, the distribution."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import HOURS_A_MONTH, Reading
from ops.plan.side import Resource

FREE_INTERNET_GB = 100
FREE_CDN_GB = 1000
FREE_CDN_REQUESTS_MILLIONS = 10
ADDRESS = "public IPv4 address (in use or idle)"


@counts("AWS::EC2::NatGateway")
def gateways(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Gateways by the hour, and what goes through them; their addresses are counted as addresses."""
    size = reading.usage.nat_gb
    for region, number in reading.by_region(resources).items():
        hours = number * HOURS_A_MONTH
        price = reading.price("AmazonEC2", "NAT gateway hour", region)
        yield Line("network", f"{number} NAT gateway{'s' if number > 1 else ''}", region, hours, hours, price)
        through = reading.price("AmazonEC2", "NAT gateway data processed", region)
        note = f"assumed: {size:g} GB"
        yield Line("network", "through NAT gateways", region, size, size, through, "GB", note, "with use")


@counts("AWS::EC2::EIP")
def addresses(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Public addresses, whatever they belong to."""
    yield from _addresses(reading, reading.by_region(resources), "addresses of gateways and machines")


@counts("AWS::ElasticLoadBalancingV2::LoadBalancer")
def load_balancers(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Load balancers by the hour, what they carry, and an address in each of their subnets."""
    units = reading.usage.load_balancer_units
    for one in resources:
        region, kind = reading.region(one), str(one.properties.get("Type", "application"))
        name = {"application": "Application", "network": "Network"}.get(kind, kind)
        price = reading.price("AWSELB", f"{name} Load Balancer hour", region)
        yield Line("network", f"{name} Load Balancer", region, HOURS_A_MONTH, HOURS_A_MONTH, price)
        carried = reading.price("AWSELB", "ALB LCU hour" if kind == "application" else "NLB LCU hour", region)
        amount, note = units * HOURS_A_MONTH, f"assumed: {units:g} units on average"
        yield Line("network", "load balancer units", region, amount, amount, carried, "", note, "with use")
        if one.properties.get("Scheme") == "internet-facing":
            subnets = len(one.properties.get("Subnets") or one.properties.get("SubnetMappings") or [])
            yield from _addresses(reading, {region: subnets}, "addresses of load balancers")


@counts("AWS::EC2::VPCEndpoint")
def endpoints(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Interface endpoints in each zone by the hour; gateway endpoints are free."""
    for one in resources:
        if one.properties.get("VpcEndpointType", "Gateway") == "Gateway":
            continue
        region = reading.region(one)
        hours = HOURS_A_MONTH * max(len(one.properties.get("SubnetIds") or []), 1)
        price = reading.price("AmazonVPC", "interface VPC endpoint hour per AZ", region)
        yield Line("network", f"endpoint {one.path.split('/')[-1]}", region, hours, hours, price)


@counts("AWS::EC2::VPC")
def traffic(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """What leaves the network, and what crosses its zones."""
    use = reading.usage
    for number, region in enumerate(reading.by_region(resources)):
        sent = max(use.internet_gb - (0 if number else FREE_INTERNET_GB), 0)
        price = reading.price("AWSDataTransfer", "internet egress first 10 TB (after 100 GB/mo free)", region)
        note = f"assumed: {use.internet_gb:g} GB; 100 GB a month are free"
        yield Line("network", "sent to the internet", region, sent, sent, price, "GB", note, "with use")
        both = 2 * use.cross_zone_gb
        price = reading.price("AWSDataTransfer", "cross-AZ, each direction", region)
        note = f"assumed: {use.cross_zone_gb:g} GB, billed at both ends"
        yield Line("network", "between zones", region, both, both, price, "GB", note, "with use")


@counts("AWS::Route53::HostedZone")
def zones(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Zones, and the queries that they answer."""
    number = float(len(resources))
    price = reading.price("AmazonRoute53", "hosted zone (first 25)", "global")
    yield Line("network", "DNS zones", "global", number, number, price, "zones")
    asked = reading.usage.requests_millions
    price = reading.price("AmazonRoute53", "standard queries", "global")
    note = f"assumed: {asked:g} million"
    yield Line("network", "DNS queries", "global", asked, asked, price, "million", note, "with use")


@counts("AWS::ServiceDiscovery::PrivateDnsNamespace")
def private_zones(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """The private zone of each namespace, and the look-ups in it; what ECS registers there is free."""
    number, asked = float(len(resources)), reading.usage.private_names_millions
    price = reading.price("AmazonRoute53", "hosted zone (first 25)", "global")
    yield Line("network", "private DNS zones", "global", number, number, price, "zones")
    price = reading.price("AmazonRoute53", "standard queries", "global")
    note = f"assumed: {asked:g} million"
    words = "look-ups of private names"
    yield Line("network", words, "global", asked, asked, price, "million", note, "with use")


@counts("AWS::CloudFront::Distribution")
def distributions(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """What a distribution delivers, after what AWS gives to each account."""
    use = reading.usage
    edge, people = ("eu", "Europe") if reading.deployment.home.name.startswith("eu-") else ("us", "US")
    where = f"edge-{edge}"
    sku = f"data out first 10 TB, {'Europe' if edge == 'eu' else 'US/Canada/Mexico'}"
    size = max(use.cdn_gb - FREE_CDN_GB, 0)
    note = f"assumed: {use.cdn_gb:g} GB; 1 TB a month is free"
    price = reading.price("AmazonCloudFront", sku, where)
    yield Line("network", "delivered by CloudFront", where, size, size, price, "GB", note, "with use")
    asked = max(use.requests_millions - FREE_CDN_REQUESTS_MILLIONS, 0) * 100
    note = f"assumed: {use.requests_millions:g} million; 10 million a month are free"
    price = reading.price("AmazonCloudFront", f"HTTPS requests, {people}", where)
    yield Line("network", "requests to CloudFront", where, asked, asked, price, "10k", note, "with use")


def _addresses(reading: Reading, numbers: dict[str, int], what: str) -> Iterator[Line]:
    for region, number in numbers.items():
        hours = number * HOURS_A_MONTH
        price = reading.price("AmazonVPC", ADDRESS, region)
        yield Line("network", f"public {what}", region, hours, hours, price)
