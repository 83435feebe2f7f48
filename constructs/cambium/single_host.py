"""One EC2 instance that runs a whole product with docker compose, and that can be replaced at any time."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.host_files import HostFiles
from cambium.host_rights import allow_disk, allow_host
from cambium.host_set_up import host_set_up
from cambium.session_role import session_role
from config.access import GROUP_TAG
from config.host import HOST_TAG
from config.host import SingleHost as Config

ROOT_DISK_GIB = 16
"""The system, and images of three releases."""


class SingleHost(Construct):
    """The machine, its address and its rights.

    It holds nothing: data is on a volume that is not its own, in RDS and in S3; secrets are fetched at each
    start; which release is live stands on the volume. People come in through Session Manager, as root cannot
    be reached otherwise: there is no key, and no port but those of the front door.

    Containers share its role: the metadata service answers them too, since they write to buckets with it.

    Attributes:
        instance: The machine.
        address: Its Elastic IP address, which outlives it.
        role: What it and its containers may do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        group_name: str,
        vpc: ec2.IVpc,
        subnet: ec2.ISubnet,
        security_group: ec2.ISecurityGroup,
        volume_id: str,
        files: HostFiles,
        log_group: logs.ILogGroup,
        secret_arns: Sequence[str],
        namespace: str,
        config: Config,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = session_role(self, "Role", of="The single host")
        region = Stack.of(self).region
        self.instance = ec2.Instance(
            self,
            "Instance",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=[subnet]),
            security_group=security_group,
            role=self.role,
            instance_type=ec2.InstanceType(config.instance_type),
            machine_image=ec2.MachineImage.generic_linux(
                {region: config.image_id},
                user_data=host_set_up(
                    region=region, volume_id=volume_id, parameter_name=files.parameter_name
                ),
            ),
            user_data_causes_replacement=True,
            http_tokens=ec2.HttpTokens.REQUIRED,
            # One more than a machine needs: containers are one step further away.
            http_put_response_hop_limit=2,
            ebs_optimized=True,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        ROOT_DISK_GIB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
            propagate_tags_to_volume_on_creation=True,
        )
        Tags.of(self.instance).add(GROUP_TAG, group_name)
        Tags.of(self.instance).add(HOST_TAG, name)
        # Given the machine here, and not by an association, the address moves to the next one in place.
        elastic = ec2.CfnEIP(self, "Address", domain="vpc", instance_id=self.instance.instance_id)
        elastic.node.add_dependency(subnet.internet_connectivity_established)
        self.address: str = elastic.ref
        allow_host(self.role, files=files, log_group=log_group, secret_arns=secret_arns, namespace=namespace)
        allow_disk(self.role, name=name, volume_id=volume_id)
        self._acknowledge()

    def metric(self, metric_name: str, statistic: str, minutes: int = 1) -> cloudwatch.Metric:
        """A metric that EC2 publishes about the machine."""
        return cloudwatch.Metric(
            namespace="AWS/EC2",
            metric_name=metric_name,
            dimensions_map={"InstanceId": self.instance.instance_id},
            statistic=statistic,
            period=Duration.minutes(minutes),
        )

    def _acknowledge(self) -> None:
        replaceable = "it holds nothing: a new one takes its place, its disk and its address"
        acknowledge(
            self,
            {
                "AwsSolutions-EC28": "EC2 counts failed checks every minute without it, and they are watched",
                "HIPAA.Security-EC2InstanceDetailedMonitoringEnabled": "as above: the checks are what counts",
                "AwsSolutions-EC29": replaceable,
                "CloudFormation-Validate::W3010": "it stands where its disk is",
                "CloudFormation-Validate::W9010": "pinned in the configuration, so that nothing replaces it",
            },
        )
