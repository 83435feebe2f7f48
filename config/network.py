"""The shape of a region's network: addresses, Availability Zones and the way out."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Literal, Self

from pydantic import Field, model_validator

from config.values import Cidr, ImageId, Model

MAX_ZONES = 3
"""Address space is laid out for this many zones, so that a zone added later moves no subnet."""

LARGEST_PREFIX, SMALLEST_PREFIX = 16, 28
"""AWS makes VPCs and subnets from a /16 to a /28."""

LAYOUT_PREFIX = 25
"""The smallest VPC whose even layout, eight blocks of it, still makes subnets that AWS takes."""


NAT_GROUP = "nat"
"""The NAT instance in the access table."""
PRIVATE_SUBNETS = "private-subnets"
"""Whoever has an address in one, in the access table: their way out is the NAT instance's way in."""


class NatGateways(Model):
    """Managed NAT: about $38 a month each before traffic (eu-central-1)."""

    kind: Literal["gateways"] = "gateways"
    count: int = Field(default=1, ge=1, le=MAX_ZONES)
    """One is cheap and a single zone's failure cuts the way out; one per zone survives it."""


class NatInstance(Model):
    """One small EC2 instance as NAT: cheap, not highly available, for environments that may pause."""

    kind: Literal["instance"] = "instance"
    instance_type: str = "t4g.nano"
    image_id: ImageId
    """Amazon Linux 2023 for the instance type's processor (arm64 for ``t4g``), pinned: a "latest" parameter
    would replace the instance on some later deploy."""


class NoNat(Model):
    """No way out to the internet: only VPC endpoints."""

    kind: Literal["none"] = "none"


class Subnet(Model):
    """One subnet: which group it belongs to, in which zone, with which addresses."""

    group: Literal["Public", "Private"]
    zone_index: int
    cidr: Cidr


class Network(Model):
    """A VPC with public and private subnets in each Availability Zone it uses."""

    cidr: Cidr
    zones: int = Field(default=2, ge=1, le=MAX_ZONES)
    public_cidrs: tuple[Cidr, ...] = ()
    """Addresses of the public subnets, one per zone; left out, they are laid out evenly."""
    private_cidrs: tuple[Cidr, ...] = ()
    """Addresses of the private subnets, one per zone; left out, they are laid out evenly."""
    nat: NatGateways | NatInstance | NoNat = Field(default=NatGateways(), discriminator="kind")
    flow_log_days: int = Field(default=90, ge=1)
    """How long accepted and rejected connections are kept; HIPAA reviews ask for them."""

    @model_validator(mode="after")
    def _check_addresses(self) -> Self:
        self._check_size()
        for field in ("public_cidrs", "private_cidrs"):
            given = getattr(self, field)
            if given and len(given) != self.zones:
                raise ValueError(f"{field} must have one network per zone ({self.zones}), got {len(given)}")
        if isinstance(self.nat, NatGateways) and self.nat.count > self.zones:
            raise ValueError(f"nat.count must be at most zones ({self.zones}), got {self.nat.count}")
        subnets = list(self.subnets())
        for position, subnet in enumerate(subnets):
            self._check_subnet(subnet, subnets[:position])
        return self

    def _check_size(self) -> None:
        laid_out = not (self.public_cidrs and self.private_cidrs)
        smallest = LAYOUT_PREFIX if laid_out else SMALLEST_PREFIX
        if not LARGEST_PREFIX <= IPv4Network(self.cidr).prefixlen <= smallest:
            raise ValueError(f"cidr must be from a /{LARGEST_PREFIX} to a /{smallest}, got {self.cidr}")

    def _check_subnet(self, subnet: Subnet, others: list[Subnet]) -> None:
        network = IPv4Network(subnet.cidr)
        if not network.subnet_of(IPv4Network(self.cidr)):
            raise ValueError(f"subnet {subnet.cidr} must lie inside the VPC's {self.cidr}")
        if network.prefixlen > SMALLEST_PREFIX:
            raise ValueError(f"subnet {subnet.cidr} must be a /{SMALLEST_PREFIX} or larger")
        for other in others:
            if network.overlaps(IPv4Network(other.cidr)):
                raise ValueError(
                    f"{subnet.group.lower()} subnet {subnet.cidr} overlaps "
                    f"{other.group.lower()} subnet {other.cidr}"
                )

    def cidrs_of(self, group: Literal["Public", "Private"]) -> tuple[str, ...]:
        """Addresses of the subnets of a group, in the order of their zones."""
        return tuple(subnet.cidr for subnet in self.subnets() if subnet.group == group)

    def subnets(self) -> Iterator[Subnet]:
        """Every subnet, public first. The layout of a zone never depends on how many zones there are."""
        vpc = IPv4Network(self.cidr)
        # The upper half is private; each half is cut into four, and MAX_ZONES of the four are used.
        blocks = [str(block) for block in vpc.subnets(prefixlen_diff=3)]
        public = self.public_cidrs or tuple(blocks[: self.zones])
        private = self.private_cidrs or tuple(blocks[4 : 4 + self.zones])
        for index, cidr in enumerate(public):
            yield Subnet(group="Public", zone_index=index, cidr=cidr)
        for index, cidr in enumerate(private):
            yield Subnet(group="Private", zone_index=index, cidr=cidr)
