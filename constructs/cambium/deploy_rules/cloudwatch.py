"""Rule for alarms."""

from collections import Counter
from collections.abc import Iterator

from cambium.deploy_rules.rule import Finding, finding, rule
from cambium.deploy_rules.template import Templates


@rule(
    "CB-ALARM-01",
    says="Alarm names are unique in an account and region: CloudFormation refuses the second "
    "alarm of a name (AlreadyExists).",
    fix="Give each service its own alarm_friendly_name, or leave the name to CloudFormation.",
    docs="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html",
)
def alarm_names_are_unique(templates: Templates) -> Iterator[Finding]:
    """Find every alarm after the first of its name."""
    seen: Counter[tuple[str | None, str | None, str]] = Counter()
    for alarm in templates.of_type("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        name = alarm.get("AlarmName")
        if isinstance(name, str):
            key = (*alarm.template.environment, name)
            if seen[key]:
                yield finding(alarm, "AlarmName")
            seen[key] += 1
