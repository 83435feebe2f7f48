"""What is kept: buckets, disks, files, images, snapshots."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import Reading
from ops.plan.side import Resource

STANDARD = "storage Standard first 50 TB"


@counts("AWS::S3::Bucket")
def buckets(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """All buckets of a region together, and their copies elsewhere, as Standard storage.

    Requests and retrieval are not counted: they are cents until there are millions.
    """
    use, serving = reading.usage, {region.name for region in reading.deployment.regions}
    for region in reading.by_region(resources):
        size, words = (
            (use.stored_gb, "buckets") if region in serving else (use.copied_gb, "copies of buckets")
        )
        price = reading.price("AmazonS3", STANDARD, region)
        yield Line("storage", words, region, size, size, price, "GB", f"assumed: {size:g} GB", "with use")


@counts("AWS::EC2::Volume")
def volumes(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Disks of their own."""
    for one in resources:
        region, kind = reading.region(one), str(one.properties.get("VolumeType", "gp2"))
        size = float(one.properties["Size"])
        price = reading.price("AmazonEC2", f"EBS {kind} storage", region)
        yield Line("storage", f"disk {one.path.split('/')[0]}", region, size, size, price)


@counts("AWS::EFS::FileSystem")
def files(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Shared files, by what is in them."""
    size = reading.usage.files_gb
    for one in resources:
        price = reading.price("AmazonEFS", "storage Standard", reading.region(one))
        note = f"assumed: {size:g} GB"
        yield Line("storage", "EFS", reading.region(one), size, size, price, "GB", note, "with use")


@counts("AWS::ECR::Repository")
def images(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Container images."""
    each = reading.usage.images_gb
    for region, number in reading.by_region(resources).items():
        size = number * each
        price = reading.price("AmazonECR", "private image storage", region)
        note = f"assumed: {each:g} GB in each"
        yield Line("storage", f"images of {number} repositories", region, size, size, price, "GB", note)


@counts("AWS::Backup::BackupPlan")
def snapshots(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """What AWS Backup keeps: of disks at the price of snapshots; of files, which has another, as unknown."""
    size = reading.usage.snapshot_gb
    of_files = any(True for _ in reading.of_type("AWS::EFS::FileSystem"))
    for region, number in reading.by_region(resources).items():
        amount = size * number
        price = None if of_files else reading.price("AmazonEC2", "EBS snapshot storage", region)
        note = f"assumed: {size:g} GB for each plan"
        words = "backups of files" if of_files else "snapshots of disks"
        yield Line("storage", words, region, amount, amount, price, "GB", note, "with use")
