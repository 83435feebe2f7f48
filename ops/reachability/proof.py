"""The comparison of what is possible with what was asked for."""

from collections.abc import Iterator
from itertools import chain, product

from config.access import HOST, INTERNET, LOAD_BALANCER, TENANT_DATABASES
from config.deployment import Deployment
from config.network import NAT_GROUP as NAT
from config.network import PRIVATE_SUBNETS, NoNat
from config.region import Region
from config.shard_access import called, regional_access
from ops.reachability.connections import EVERYWHERE, Connection, Half, compare, from_private_subnets
from ops.reachability.groups import Groups
from ops.reachability.members import Member, Members
from ops.reachability.seats import NAT_INSTANCE
from ops.reachability.templates import Address, Templates


class Reachability:
    """What the templates allow: ``differences`` says where that is not what the configuration asks for."""

    def __init__(self, deployment: Deployment, templates: Templates, region: Region | None = None) -> None:
        self.deployment = deployment
        place = region or deployment.home
        self.rules = regional_access(deployment, place)
        self.in_public = {NAT, *(called(LOAD_BALANCER, shard.key) for shard in place.shards)}
        self.templates = templates
        groups, members = Groups(templates), Members(deployment, templates)
        self.names = groups.names
        self.members = members.found
        self.complaints = [*groups.complaints, *members.complaints]
        self.open_subnets = set(self._subnets_with_route("GatewayId", "AWS::EC2::InternetGateway"))
        self.way_out = {
            *self._subnets_with_route("NatGatewayId", "AWS::EC2::NatGateway"),
            *self._subnets_with_route("InstanceId", "AWS::EC2::Instance"),
        }
        self.halves = self._halves_by_name(groups)

    def paths(self) -> set[Connection]:
        """Every connection that some member can really open, named by the groups members should carry."""
        found = set()
        for source, target in product(self.members, self.members):
            if source.where != target.where:
                found |= self._between(source, target)
        for member in self.members:
            found |= self._with_internet(member)
        return found

    def differences(self) -> list[str]:
        """One line per way that is missing, and per way that nobody asked for; empty when all is as asked."""
        wanted = {Connection.asked(rule) for rule in self.rules}
        paths = self.paths()
        found = chain(
            self.complaints,
            compare(self.rules, set(chain.from_iterable(self.halves.values()))),
            (f"{path} is possible, and nobody asked for it" for path in paths if not _asked(path, wanted)),
            self._missing(wanted, paths),
            *(self._check_member(member) for member in self.members),
        )
        return sorted(set(found))

    def _subnets_with_route(self, key: str, kind: str) -> Iterator[Address]:
        tables = {
            self.templates.target(where.stack, route["RouteTableId"])
            for where, route in self.templates.of_type("AWS::EC2::Route")
            if {route.get("DestinationCidrBlock"), route.get("DestinationIpv6CidrBlock")} & set(EVERYWHERE)
            for gateway in [self.templates.target(where.stack, route.get(key))]
            if gateway is not None and self.templates.type(gateway) == kind
        }
        for where, association in self.templates.of_type("AWS::EC2::SubnetRouteTableAssociation"):
            if self.templates.target(where.stack, association["RouteTableId"]) in tables:
                yield from self.templates.targets(where.stack, [association["SubnetId"]])

    def _halves_by_name(self, groups: Groups) -> dict[Address, set[Half]]:
        private: dict[str, set[str]] = {}
        for where, subnet in self.templates.of_type("AWS::EC2::Subnet"):
            if where not in self.open_subnets:
                private.setdefault(where.stack, set()).add(str(subnet["CidrBlock"]))
        return {
            where: from_private_subnets(halves, private.get(where.stack, set()))
            for where, halves in groups.halves.items()
        }

    def _connections(self, member: Member, way: str) -> Iterator[Connection]:
        for group in member.groups:
            yield from (half.connection for half in self.halves.get(group, ()) if half.way == way)

    def _between(self, source: Member, target: Member) -> set[Connection]:
        sources = {self.names.get(group) for group in source.groups}
        targets = {self.names.get(group) for group in target.groups}
        found = set()
        for out, into in product(self._connections(source, "out"), self._connections(target, "in")):
            ports = max(out.ports[0], into.ports[0]), min(out.ports[1], into.ports[1])
            protocol = into.protocol if out.protocol == "all" else out.protocol
            meet = self._meets(out.target, targets) and self._meets(into.source, sources)
            if meet and ports[0] <= ports[1] and into.protocol in ("all", protocol):
                found.add(Connection(source.role, target.role, ports, protocol))
        return found

    def _meets(self, peer: str, names: set[str | None]) -> bool:
        # A range of addresses may well hold the other side.
        return peer in names or peer not in self.names.values()

    def _with_internet(self, member: Member) -> set[Connection]:
        routed = self.way_out | (self.open_subnets if member.public else set())
        found = set()
        if self._stands_in(member, routed):
            outs = self._connections(member, "out")
            found |= {out._replace(source=member.role) for out in outs if out.target == INTERNET}
        if member.public and self._stands_in(member, self.open_subnets):
            ins = self._connections(member, "in")
            found |= {into._replace(target=member.role) for into in ins if into.source == INTERNET}
        return found

    def _stands_in(self, member: Member, subnets: set[Address]) -> bool:
        return bool(member.subnets) and subnets.issuperset(member.subnets)

    def _missing(self, wanted: set[Connection], paths: set[Connection]) -> Iterator[str]:
        # Databases of tenants are in no template of ours: state machines make their stacks.
        nobody = {TENANT_DATABASES} | ({HOST} if self.deployment.left_access else set())
        carried = {member.role for member in self.members} | {INTERNET, PRIVATE_SUBNETS} | nobody
        for one in wanted:
            if one.target == INTERNET and isinstance(self.deployment.network.nat, NoNat):
                continue
            for end in {one.source, one.target} - carried:
                yield f"{one} is asked for, and nothing is a {end}"
            # What comes from the private subnets comes from somebody in them, who has a name in ``paths``.
            named = one.source != PRIVATE_SUBNETS and not nobody & {one.source, one.target}
            if named and {one.source, one.target} <= carried and one not in paths:
                yield f"{one} is asked for, and not possible"

    def _check_member(self, member: Member) -> Iterator[str]:
        carried = sorted(self.names.get(group, str(group)) for group in member.groups)
        if carried != [member.role]:
            yield f"{member.where} carries {', '.join(carried) or 'no group'} instead of {member.role}"
        if not member.subnets:
            yield f"{member.where} stands in no subnet of these templates"
        host = self.deployment.platform == "host" and self.templates.type(member.where) == NAT_INSTANCE
        if member.role not in self.in_public and not host:
            yield from self._check_hidden(member)

    def _check_hidden(self, member: Member) -> Iterator[str]:
        if member.public:
            yield f"{member.where} has a public address"
        for subnet in self.open_subnets.intersection(member.subnets):
            yield f"{member.where} stands in public subnet {subnet}"


def _asked(path: Connection, wanted: set[Connection]) -> bool:
    # Who may call the whole internet may call what the whole internet, or every private subnet, may call.
    if path in wanted:
        return True
    callers = {path._replace(source=everybody) for everybody in (INTERNET, PRIVATE_SUBNETS)}
    return path._replace(target=INTERNET) in wanted and bool(callers & wanted)
