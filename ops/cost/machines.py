"""What else runs code: App Runner, EC2, Lambda."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line, scale_of
from ops.cost.price import together
from ops.cost.reading import HOURS_A_MONTH, Reading
from ops.plan.side import Resource

MIB = 1024


@counts("AWS::AppRunner::Service")
def app_runner(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Memory of every instance by the hour, and processors of those at work."""
    for one in resources:
        region = reading.region(one)
        scaling = reading.target(
            one, "AutoScalingConfigurationArn", "AWS::AppRunner::AutoScalingConfiguration"
        )
        given = scaling.properties if scaling else {}
        low, high = float(given.get("MinSize", 1)), float(given.get("MaxSize", 25))
        size = one.properties["InstanceConfiguration"]
        cpu, memory = (float(str(size[part]).split()[0]) for part in ("Cpu", "Memory"))
        share = reading.usage.app_runner_active_share
        words = (
            f"{one.path.split('/')[0]}, {scale_of(low, high, 'instance')} of {cpu:g} vCPU and {memory:g} GB"
        )
        yield Line(
            "compute",
            f"{words}: memory",
            region,
            low * HOURS_A_MONTH,
            high * HOURS_A_MONTH,
            together(
                "instance-hour",
                (memory, reading.price("AWSAppRunner", "memory (provisioned, idle)", region)),
            ),
            grows="with tasks",
        )
        yield Line(
            "compute",
            f"{words}: at work",
            region,
            low * HOURS_A_MONTH * share,
            high * HOURS_A_MONTH,
            together("instance-hour", (cpu, reading.price("AWSAppRunner", "active vCPU", region))),
            note=f"assumed: {share:.0%} of the time at the least, always at the most",
            grows="with tasks",
        )


@counts("AWS::EC2::Instance")
def machines(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Machines by the hour, with their own disks; a schedule does not stop them."""
    for one in resources:
        region, kind = reading.region(one), str(one.properties["InstanceType"])
        yield Line(
            "compute",
            f"EC2 {kind}, {one.path.split('/')[0]}",
            region,
            HOURS_A_MONTH,
            HOURS_A_MONTH,
            reading.price("AmazonEC2", f"{kind} Linux on-demand", region),
            committed=True,
        )
        for device in one.properties.get("BlockDeviceMappings") or []:
            disk = device.get("Ebs") or {}
            size = float(disk.get("VolumeSize", 8))
            price = reading.price("AmazonEC2", f"EBS {disk.get('VolumeType', 'gp2')} storage", region)
            yield Line("storage", f"disk of EC2 {kind}", region, size, size, price)


@counts("AWS::Lambda::Function")
def functions(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """All functions together: they run when something is deployed, or now and then."""
    runs = reading.usage.function_runs_thousands
    region = reading.deployment.home.name
    largest = max(float(one.properties.get("MemorySize", 128)) for one in resources) / MIB
    note = f"assumed: {runs:g} thousand runs of a second with {largest:g} GB"
    seconds = runs * 1000 * largest
    price = reading.price("AWSLambda", "x86 duration", region)
    words = f"{len(resources)} functions"
    yield Line("compute", words, region, seconds, seconds, price, note=note, grows="with use", committed=True)
    price = reading.price("AWSLambda", "requests", region)
    asked = runs / 1000
    yield Line("compute", f"{words}, requests", region, asked, asked, price, note=note, grows="with use")
