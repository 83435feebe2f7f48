"""The disk of a single host: it outlives every machine that it is attached to."""

from aws_cdk import RemovalPolicy, Size
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.backup_plan import BackupPlan


class DataVolume(Construct):
    """An encrypted EBS volume with a snapshot each day.

    Nothing attaches it in the template: CloudFormation makes a new machine before it ends the old one, and an
    attachment would fail while the old one has it. The machine takes it by itself, once it is free.

    Attributes:
        volume: The volume.
        plan: Its daily snapshots.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, zone: str, size_gib: int, snapshot_days: int
    ) -> None:
        super().__init__(scope, construct_id)
        self.volume = ec2.Volume(
            self,
            "Volume",
            availability_zone=zone,
            size=Size.gibibytes(size_gib),
            encrypted=True,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.plan = BackupPlan(
            self, "Snapshots", name=name, volume_id=self.volume.volume_id, keep_days=snapshot_days
        )
        acknowledge(
            self.volume,
            {"CloudFormation-Validate::W3010": "a disk is in one zone, that of its machine"},
        )
