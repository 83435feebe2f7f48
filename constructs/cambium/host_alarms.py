"""Alarms of a single host: the machine, its disks and memory, and what runs on it."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

from cambium.alarms import BELOW, Alarms
from cambium.backup_plan import BackupPlan
from cambium.single_host import SingleHost

DISK_PERCENT = 80
MEMORY_PERCENT = 90
CREDITS = 60
"""An hour of one processor at full speed is 60 credits."""
RESTARTS = 3
SILENT = cloudwatch.TreatMissingData.BREACHING


def host_metric(namespace: str, system: str, name: str, statistic: str, **more: str) -> cloudwatch.Metric:
    """A metric that the machine publishes under the product's name."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map={"Host": system, **more},
        statistic=statistic,
        period=Duration.minutes(1),
    )


def watch_host(alarms: Alarms, host: SingleHost, *, namespace: str, system: str) -> None:
    """The machine. EC2 moves it to other hardware when its own fails, and restarts it when it hangs."""
    recovered = alarms.define(
        "HostHardware",
        name="host-hardware",
        metric=host.metric("StatusCheckFailed_System", "Maximum"),
        threshold=0,
        periods=2,
        what="The hardware under the host has failed AWS's checks for 2 minutes",
        do="wait 10 minutes: EC2 moves the machine to other hardware; else replace it",
        runbook="host-failure",
    )
    recovered.add_alarm_action(actions.Ec2Action(actions.Ec2InstanceAction.RECOVER))
    rebooted = alarms.define(
        "HostSystem",
        name="host-system",
        metric=host.metric("StatusCheckFailed_Instance", "Maximum"),
        threshold=0,
        periods=3,
        what="The host's own system has not answered AWS's checks for 3 minutes",
        do="wait 5 minutes: it is rebooted; else replace it",
        runbook="host-failure",
        missing=SILENT,
    )
    rebooted.add_alarm_action(actions.Ec2Action(actions.Ec2InstanceAction.REBOOT))
    alarms.define(
        "HostCredits",
        name="host-credits",
        metric=host.metric("CPUCreditBalance", "Minimum", minutes=5),
        threshold=CREDITS,
        periods=3,
        comparison=BELOW,
        what=f"The host has fewer than {CREDITS} CPU credits left, and pays for more from then on",
        do="look which container uses the processor; if all is as it should be, take the next size",
        runbook="host-capacity",
    )
    _watch_room(alarms, namespace, system)
    _watch_containers(alarms, namespace, system)


def _watch_room(alarms: Alarms, namespace: str, system: str) -> None:
    for role, path in (("Root", "/"), ("Data", "/data")):
        alarms.define(
            f"Host{role}Disk",
            name=f"host-{role.lower()}-disk",
            metric=host_metric(namespace, system, "disk_used_percent", "Maximum", path=path, fstype="xfs"),
            threshold=DISK_PERCENT,
            periods=5,
            what=f"More than {DISK_PERCENT} % of the host's disk {path} is used",
            do="remove old images, or raise the size of the disk",
            runbook="host-capacity",
            missing=SILENT,
        )
    alarms.define(
        "HostMemory",
        name="host-memory",
        metric=host_metric(namespace, system, "mem_used_percent", "Maximum"),
        threshold=MEMORY_PERCENT,
        periods=10,
        what=f"More than {MEMORY_PERCENT} % of the host's memory has been used for 10 minutes",
        do="look which container grows; if all is as it should be, take the next size",
        runbook="host-capacity",
        missing=SILENT,
    )


def _watch_containers(alarms: Alarms, namespace: str, system: str) -> None:
    alarms.define(
        "ContainersMissing",
        name="containers-missing",
        metric=host_metric(namespace, system, "ContainersMissing", "Maximum"),
        threshold=0,
        periods=5,
        what="A service of the host has not run for 5 minutes, or the host says nothing",
        do="ask it: host status; then read the log of what is missing",
        runbook="application-failure",
        missing=SILENT,
    )
    restarts = host_metric(namespace, system, "ContainerRestarts", "Sum")
    alarms.define(
        "ContainerRestarts",
        name="container-restarts",
        metric=restarts.with_(period=Duration.minutes(15)),
        threshold=RESTARTS,
        periods=1,
        what=f"Containers of the host ended by themselves more than {RESTARTS} times in 15 minutes",
        do="read the log; if a release went out just before, go back to the one before it",
        runbook="application-failure",
    )


def watch_snapshots(alarms: Alarms, plan: BackupPlan) -> None:
    """The daily snapshot: that it failed, and that there was none."""
    alarms.define(
        "VolumeSnapshot",
        name="volume-snapshot",
        metric=plan.completed,
        threshold=1,
        periods=2,
        comparison=BELOW,
        what="For two days there was no snapshot of the host's data volume",
        do="look at the jobs of the vault in AWS Backup",
        runbook="host-failure",
        missing=SILENT,
    )
