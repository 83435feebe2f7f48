"""Composite alarms, health checks and the chat that hears of them; nothing is probed or sent."""

import uuid
from typing import Any

from emulator.conform import call
from emulator.loopback import account, api, region
from emulator.resources.base import Attributes, Properties, Resource


class CompositeAlarm(Resource):
    """An alarm over other alarms."""

    type_name = "AWS::CloudWatch::CompositeAlarm"
    replacing = frozenset({"AlarmName"})

    def create(self, properties: Properties, name: str) -> str:
        """Put the alarm."""
        own_name = str(properties.get("AlarmName", name))
        call(api("cloudwatch"), "PutCompositeAlarm", properties, AlarmName=own_name)
        return own_name

    def attributes(self, physical_id: str) -> Attributes:
        """Return the ARN."""
        return {"Arn": f"arn:aws:cloudwatch:{region()}:{account()}:alarm:{physical_id}"}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the alarm; putting it again does that."""
        call(api("cloudwatch"), "PutCompositeAlarm", new, AlarmName=physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the alarm."""
        api("cloudwatch").delete_alarms(AlarmNames=[physical_id])


class HealthCheck(Resource):
    """A Route 53 health check; no endpoint is called."""

    type_name = "AWS::Route53::HealthCheck"

    def create(self, properties: Properties, name: str) -> str:
        """Create the check and name it by its tags."""
        result = call(
            api("route53"),
            "CreateHealthCheck",
            {},
            CallerReference=str(uuid.uuid4()),
            HealthCheckConfig=properties["HealthCheckConfig"],
        )
        check = str(result["HealthCheck"]["Id"])
        _tag(check, {}, properties)
        return check

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"HealthCheckId": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the check; its type and interval never change in AWS either."""
        call(api("route53"), "UpdateHealthCheck", new["HealthCheckConfig"], HealthCheckId=physical_id)
        _tag(physical_id, old, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the check."""
        api("route53").delete_health_check(HealthCheckId=physical_id)


def _tag(check: str, old: Properties, new: Properties) -> None:
    tags = list(new.get("HealthCheckTags") or ())
    kept = {tag["Key"] for tag in tags}
    removed = [tag["Key"] for tag in old.get("HealthCheckTags") or () if tag["Key"] not in kept]
    change: dict[str, Any] = {"AddTags": tags} if tags else {}
    if removed:
        change["RemoveTagKeys"] = removed
    if change:
        api("route53").change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, **change)


class SlackChannel(Resource):
    """A Slack channel that would hear of alarms; nothing is sent to Slack."""

    type_name = "AWS::Chatbot::SlackChannelConfiguration"
    replacing = frozenset({"ConfigurationName", "SlackWorkspaceId"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the configuration."""
        result = call(
            api("chatbot"),
            "CreateSlackChannelConfiguration",
            properties,
            SlackTeamId=properties["SlackWorkspaceId"],
            SlackChannelName=properties["SlackChannelId"],
            **_policies(properties),
        )
        return str(result["ChannelConfiguration"]["ChatConfigurationArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the ARN."""
        return {"Arn": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change channel, topics and role."""
        call(
            api("chatbot"),
            "UpdateSlackChannelConfiguration",
            new,
            ChatConfigurationArn=physical_id,
            **_policies(new),
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the configuration."""
        api("chatbot").delete_slack_channel_configuration(ChatConfigurationArn=physical_id)


def _policies(properties: Properties) -> dict[str, Any]:
    policies = properties.get("GuardrailPolicies")
    return {"GuardrailPolicyArns": policies} if policies else {}
