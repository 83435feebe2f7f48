"""What AWS says of itself, for things no metric shows: failovers, and releases that did not start."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

NOTICES: Mapping[str, dict[str, Any]] = {
    "Database": {
        "source": ["aws.rds"],
        "detail_type": ["RDS DB Instance Event"],
        "detail": {"EventCategories": ["availability", "failover", "failure", "low storage"]},
    },
    "FargateRelease": {
        "source": ["aws.ecs"],
        "detail_type": ["ECS Deployment State Change"],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    },
    "AppRunnerRelease": {
        "source": ["aws.apprunner"],
        "detail_type": ["AppRunner Service Operation Status Change"],
        "detail": {"operationStatus": [{"suffix": {"equals-ignore-case": "failed"}}]},
    },
}
"""Events as Amazon RDS, Amazon ECS and AWS App Runner publish them to EventBridge (their user guides,
"Monitoring events")."""


class EventNotices(Construct):
    """Hands events of this account and region to the people behind a topic.

    It reports what AWS did and judges nothing: a failover that went well is told too.
    """

    def __init__(self, scope: Construct, construct_id: str, *, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        for name, pattern in NOTICES.items():
            events.Rule(
                self,
                name,
                description=f"{pattern['detail_type'][0]}: {name}",
                event_pattern=events.EventPattern(**pattern),
                targets=[targets.SnsTopic(topic)],
            )
