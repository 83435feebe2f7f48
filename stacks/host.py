"""A single host in a compute stack: the machine, what it is delivered, its records and its rights."""

from aws_cdk import CfnOutput, RemovalPolicy
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53

from cambium.host_compose import HostContainers
from cambium.host_records import HostRecords
from cambium.host_refresh import HostRefresh
from cambium.host_release import HostRelease
from cambium.retention import retention
from cambium.security_groups import immutable
from cambium.single_host import SingleHost
from config.access import HOST
from config.host import SingleHost as Config
from config.hosts import all_hosts, front_door_record
from config.region import Region, Shard
from stacks.base import CambiumStack
from stacks.container_specs import ContainerSpecs
from stacks.data import DataStack
from stacks.host_delivery import host_delivery, log_group_name
from stacks.network import NetworkStack


class HostParts:
    """Builds them.

    Attributes:
        machine: The host.
        refresh: What makes it read its secrets again.
        namespace: Of the metrics that it sends.
    """

    def __init__(
        self,
        stack: CambiumStack,
        *,
        region: Region,
        shard: Shard,
        network: NetworkStack,
        data: DataStack,
        specs: ContainerSpecs,
        zone: route53.IHostedZone | None,
        config: Config,
    ) -> None:
        self._stack, self._region, self._shard, self._config = stack, region, shard, config
        self._data = data
        self._prefix = stack.deployment.stack_name("", region, shard).removesuffix("-")
        self.namespace = f"Host/{self._prefix}"
        self._containers = HostContainers(
            system=stack.deployment.system,
            specs=[specs.of(service) for service in stack.deployment.services],
            host=config,
            cache=stack.deployment.cache,
        )
        self.machine = self._define_machine(network)
        HostRelease(stack, "Release", name=f"{self._prefix}-release")
        self.refresh = HostRefresh(stack, "Refresh", name=f"{self._prefix}-refresh", machine=self._prefix)
        self._define_records(zone)
        self._tell()

    def _define_machine(self, network: NetworkStack) -> SingleHost:
        stack, deployment = self._stack, self._stack.deployment
        volume, front_door = self._data.data_volume, self._data.front_door_secret
        if volume is None or front_door is None:
            raise ValueError(f"{deployment.system} has no host")
        log_group = logs.LogGroup(
            stack,
            "Containers",
            log_group_name=log_group_name(self._prefix),
            retention=retention(deployment.log_days),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        return SingleHost(
            stack,
            "Host",
            name=self._prefix,
            group_name=HOST,
            vpc=network.network.vpc,
            # Where its volume is.
            subnet=network.network.vpc.public_subnets[0],
            security_group=immutable(stack, "HostGroup", network.groups[self._shard.key].group(HOST)),
            volume_id=volume.volume.volume_id,
            files=host_delivery(
                stack,
                containers=self._containers,
                prefix=self._prefix,
                region=self._region,
                shard=self._shard,
                namespace=self.namespace,
            ),
            log_group=log_group,
            secret_arns=[
                *(one.secret_arn for one in (front_door, self._data.registry_secret) if one),
                *dict.fromkeys(secret.secret_arn for secret in self._data.service_secrets.values()),
            ],
            namespace=self.namespace,
            config=self._config,
        )

    def _define_records(self, zone: route53.IHostedZone | None) -> None:
        deployment = self._stack.deployment
        if zone is None:
            return
        smoke = self._config.smoke_tests
        asked = next(one for one in deployment.services if smoke and one.name == smoke.api)
        own_zone_below = deployment.edge.zone is not None
        HostRecords(
            self._stack,
            "Records",
            zone=zone,
            names=[front_door_record(deployment)] if own_zone_below else all_hosts(deployment),
            machine_name=f"host-{deployment.environment.name}.{deployment.edge.zone_name}",
            address=self.machine.address,
            failover_to=deployment.edge.failover_to,
            asked_host=asked.hosts[0],
            asked_path=asked.health.path,
        )

    def _tell(self) -> None:
        deployment = self._stack.deployment
        hosts = " and ".join(all_hosts(deployment))
        hint = f"DNS: A {hosts} to this address"
        if deployment.edge.zone is not None:
            hint = f"DNS: CNAME {hosts} to {front_door_record(deployment)}, proxied"
        elif deployment.edge.dns == "route53":
            hint = "Address of the host"
        CfnOutput(self._stack, "HostAddress", value=self.machine.address, description=hint)
        CfnOutput(
            self._stack,
            "HostInstance",
            value=self.machine.instance.instance_id,
            description="A shell on the host: aws ssm start-session --target <this>",
        )
