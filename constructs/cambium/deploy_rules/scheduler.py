"""Rules for EventBridge Scheduler."""

from collections.abc import Iterator

from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Templates
from cambium.deploy_rules.values import number

LIMITS = {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600}
"""The most a schedule may repeat itself; AWS's defaults are 185 attempts and a day."""


@rule(
    "CB-SCHEDULE-01",
    says="EventBridge Scheduler repeats a failed call up to 185 times for 24 hours, so a stop that "
    "fails at night can succeed the next morning.",
    fix="Set retry_attempts (2) and max_event_age (15 minutes) on the target; at most 5 attempts "
    "within an hour.",
    docs="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
)
def retries_end_soon(templates: Templates) -> Iterator[Finding]:
    """Find schedules whose retries outlive their purpose."""
    for schedule in templates.of_type("AWS::Scheduler::Schedule"):
        for setting, limit in LIMITS.items():
            path = ("Target", "RetryPolicy", setting)
            value = schedule.get(*path)
            count = number(value)
            if value is None or (count is not None and count > limit):
                yield finding(schedule, *path)
                break
