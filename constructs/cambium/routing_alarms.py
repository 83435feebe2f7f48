"""Alarms of routing: somebody can say where an organization lives, and every region knows the same."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import Alarms

LATE_MILLISECONDS = 60_000
"""Copies of the table agree within about a second; a minute is as long as answers are kept."""


def watch_lookup(alarms: Alarms, function_name: str) -> None:
    """Tell when the look-up of a region fails or is turned away.

    The Worker asks another region then, and uses old answers when none is left: for an hour nobody notices.
    """
    for metric, what in {
        "Errors": "The look-up of organizations fails",
        "Throttles": "The look-up of organizations has no room for more calls",
    }.items():
        alarms.define(
            f"Lookup{metric}",
            name=f"lookup-{metric.lower()}",
            metric=_metric("AWS/Lambda", metric, FunctionName=function_name),
            threshold=0,
            periods=3,
            what=f"{what}, for 3 minutes; while no region answers, organizations are served for an hour only",
            do="read the log of the function, then look at the routing table",
            runbook="region-down",
        )


def watch_copy(alarms: Alarms, table_name: str, receiving_region: str) -> None:
    """Tell when what is written at home reaches the copy of another region late."""
    alarms.define(
        f"Copy{receiving_region.replace('-', '')}",
        name=f"routing-late-{receiving_region}",
        metric=_metric(
            "AWS/DynamoDB", "ReplicationLatency", TableName=table_name, ReceivingRegion=receiving_region
        ),
        threshold=LATE_MILLISECONDS,
        periods=5,
        what=f"The routing table reaches {receiving_region} more than a minute late, for 5 minutes",
        do="suspensions and moves are not seen there yet: move nobody until it is over",
        runbook="region-down",
    )


def _metric(namespace: str, name: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic="Sum" if namespace == "AWS/Lambda" else "Average",
        period=Duration.minutes(1),
    )
