"""What watches: logs, alarms, metrics, dashboards, health checks, the trail."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import HOURS_A_MONTH, Reading
from ops.plan.side import Resource

FREE_DASHBOARDS = 3
DAYS_A_MONTH = 30
FAST_SECONDS = 10
CUSTOM = "custom metric (first 10k)"
PER_CLUSTER, PER_SERVICE, PER_TASK = 8, 11, 6
"""Metrics of Container Insights as AWS's page of prices counts them: from memory, so the line is doubtful."""


@counts("AWS::Logs::LogGroup")
def logs(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """What is written, and what is kept of it; AWS stores it compressed, so this is the upper bound."""
    size, days = reading.usage.logs_gb, reading.deployment.log_days
    for region in reading.serving(resources):
        written = reading.price("AmazonCloudWatch", "Logs ingestion (standard)", region)
        note = f"assumed: {size:g} GB a month"
        yield Line("watching", "logs, written", region, size, size, written, "GB", note, "with use")
        kept = size * days / DAYS_A_MONTH
        price = reading.price("AmazonCloudWatch", "Logs storage", region)
        note = f"{note}, kept {days} days"
        yield Line("watching", "logs, kept", region, kept, kept, price, "GB", note, "with use")


@counts("AWS::CloudWatch::Alarm")
def alarms(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Alarms, by the metrics that each looks at."""
    for region in reading.by_region(resources):
        here = [one for one in resources if reading.region(one) == region]
        metrics = sum(_metrics(one.properties) for one in here)
        price = reading.price("AmazonCloudWatch", "standard-resolution alarm metric", region)
        yield Line(
            "watching", f"metrics of {len(here)} alarms", region, float(metrics), float(metrics), price
        )


@counts("AWS::CloudWatch::Dashboard")
def dashboards(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Dashboards, after the three that are free."""
    number = float(max(len(resources) - FREE_DASHBOARDS, 0))
    region = reading.deployment.home.name
    price = reading.price("AmazonCloudWatch", "dashboard (after 3 free)", region)
    words, note = f"{len(resources)} dashboards", "three are free"
    yield Line("watching", words, region, number, number, price, "dashboards", note)


@counts("AWS::Logs::MetricFilter")
def filters(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Metrics that are made of logs; several logs may add to one."""
    made = {
        (reading.region(one), str(metric["MetricNamespace"]), str(metric["MetricName"]))
        for one in resources
        for metric in one.properties["MetricTransformations"]
    }
    for region, number in sorted(Counter(region for region, *_ in made).items()):
        price = reading.price("AmazonCloudWatch", CUSTOM, region)
        yield Line("watching", "metrics made of logs", region, float(number), float(number), price, "metrics")


@counts("AWS::ECS::Cluster")
def insights(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Container Insights, where a cluster has it, and metrics that applications publish."""
    services = [reading.region(one) for one in reading.of_type("AWS::ECS::Service")]
    watched = [one for one in resources if _insights(one) == "enabled"]
    for region in dict.fromkeys(reading.region(one) for one in watched):
        clusters = sum(reading.region(one) == region for one in watched)
        share = reading.awake_hours / HOURS_A_MONTH
        number = PER_CLUSTER * clusters + services.count(region) * (PER_SERVICE + PER_TASK) * share
        yield Line(
            "watching",
            "Container Insights",
            region,
            number,
            number,
            reading.price("AmazonCloudWatch", CUSTOM, region),
            "metrics",
            f"{PER_CLUSTER} metrics a cluster, {PER_SERVICE} a service and {PER_TASK} a task definition",
            doubtful=True,
        )
    for one in resources:
        if _insights(one) == "enhanced":
            yield Line("watching", "Container Insights, enhanced", reading.region(one), 1, 1, None, "cluster")
    number = reading.usage.custom_metrics
    for region in reading.serving(resources):
        price = reading.price("AmazonCloudWatch", CUSTOM, region)
        note = f"assumed: {number:g}"
        yield Line("watching", "metrics of the application", region, number, number, price, "metrics", note)


@counts("AWS::Route53::HealthCheck")
def health_checks(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Checks from outside, and what they cost besides: TLS, and asking every ten seconds.

    A host name for which these templates have a record is an AWS endpoint, every other is not.
    """
    records = {
        str(one.properties.get("Name", "")).rstrip(".") for one in reading.of_type("AWS::Route53::RecordSet")
    }
    for one in resources:
        given = one.properties["HealthCheckConfig"]
        asks = "FullyQualifiedDomainName" in given or "IPAddress" in given
        ours = not asks or given.get("FullyQualifiedDomainName") in records
        endpoint = "AWS" if ours else "non-AWS"
        price = reading.price("AmazonRoute53", f"health check {endpoint} endpoint", "global")
        yield Line("watching", f"health checks of {endpoint} endpoints", "global", 1, 1, price)
        extras = float(_extras(given)) if asks else 0
        price = reading.price(
            "AmazonRoute53", f"health check optional feature, {endpoint} endpoint", "global"
        )
        if extras:
            words = "health checks over TLS, or every 10 seconds"
            yield Line("watching", words, "global", extras, extras, price)


@counts("AWS::CloudTrail::Trail")
def trails(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """Events of objects; the first copy of all other calls is free."""
    amount = reading.usage.audit_events_thousands / 100
    recording = [one for one in resources if one.properties.get("EventSelectors")]
    for region in reading.by_region(recording):
        price = reading.price("AWSCloudTrail", "data events", region)
        note = f"assumed: {reading.usage.audit_events_thousands:g} thousand"
        yield Line(
            "watching", "CloudTrail, objects", region, amount, amount, price, "100k events", note, "with use"
        )


def _metrics(alarm: Mapping[str, Any]) -> int:
    return sum("MetricStat" in one for one in alarm.get("Metrics") or []) or 1


def _insights(cluster: Resource) -> str:
    settings = cluster.properties.get("ClusterSettings") or []
    return next((str(one["Value"]) for one in settings if one.get("Name") == "containerInsights"), "")


def _extras(check: Mapping[str, Any]) -> int:
    kind = str(check.get("Type", ""))
    return sum(
        (
            kind.startswith("HTTPS"),
            kind.endswith("STR_MATCH"),
            check.get("RequestInterval", 30) == FAST_SECONDS,
            bool(check.get("MeasureLatency")),
        )
    )
