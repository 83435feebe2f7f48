"""Alarms, budgets and what else watches over the stacks: updated in place, visible afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


TAGS = [{"Key": "team", "Value": "core"}]


def test_a_budget_changes_its_amount_and_whom_it_tells(emulator: Emulator, deploy: Deploy) -> None:
    def budget(amount: int, address: str) -> dict[str, Any]:
        notification = {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 80,
        }
        subscriber = {"SubscriptionType": "EMAIL", "Address": address}
        return {
            "Budget": resource(
                "AWS::Budgets::Budget",
                Budget={
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": amount, "Unit": "USD"},
                },
                NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
            )
        }

    stack = deploy(budget(100, "a@example.com"))
    stack.update(budget(250, "b@example.com"))
    budgets = emulator.client("budgets")
    place = {"AccountId": "123456789012", "BudgetName": stack["Budget"]}
    assert float(budgets.describe_budget(**place)["Budget"]["BudgetLimit"]["Amount"]) == 250
    told = budgets.describe_notifications_for_budget(**place)["Notifications"]
    assert len(told) == 1
    subscribers = budgets.describe_subscribers_for_notification(Notification=told[0], **place)
    assert [s["Address"] for s in subscribers["Subscribers"]] == ["b@example.com"]


def alarm(**properties: Any) -> dict[str, Any]:
    common = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}
    return resource("AWS::CloudWatch::Alarm", **(common | properties))


def test_a_composite_alarm_changes_its_rule(emulator: Emulator, deploy: Deploy) -> None:
    def alarms(rule: str) -> dict[str, Any]:
        return {
            "Cpu": alarm(MetricName="CPUUtilization", Namespace="AWS/RDS"),
            "Both": resource(
                "AWS::CloudWatch::CompositeAlarm", AlarmRule={"Fn::Sub": rule}, AlarmName="both"
            ),
        }

    stack = deploy(alarms("ALARM(${Cpu})"))
    stack.update(alarms("NOT ALARM(${Cpu})"))
    found = emulator.client("cloudwatch").describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])
    assert found["CompositeAlarms"][0]["AlarmRule"] == f"NOT ALARM({stack['Cpu']})"


def test_an_alarm_over_several_metrics_keeps_its_expressions(emulator: Emulator, deploy: Deploy) -> None:
    def ratio(threshold: int) -> dict[str, Any]:
        stat = {"Metric": {"MetricName": "5xx", "Namespace": "Web"}, "Period": 60, "Stat": "Sum"}
        metrics = [
            {"Id": "errors", "MetricStat": stat, "ReturnData": False},
            {"Id": "rate", "Expression": "errors / 10", "Label": "rate"},
        ]
        return {"Rate": alarm(Metrics=metrics, Threshold=threshold)}

    stack = deploy(ratio(5))
    stack.update(ratio(7))
    found = emulator.client("cloudwatch").describe_alarms(AlarmNames=[stack["Rate"]])
    record = found["MetricAlarms"][0]
    assert record["Threshold"] == 7
    assert [query["Id"] for query in record["Metrics"]] == ["errors", "rate"]
    assert not record.get("MetricName")


def test_a_health_check_moves_to_another_path(emulator: Emulator, deploy: Deploy) -> None:
    def check(path: str) -> dict[str, Any]:
        config = {
            "Type": "HTTPS",
            "FullyQualifiedDomainName": "example.com",
            "Port": "443",
            "ResourcePath": path,
            "RequestInterval": 30,
        }
        return {
            "Check": resource("AWS::Route53::HealthCheck", HealthCheckConfig=config, HealthCheckTags=TAGS)
        }

    stack = deploy(check("/"))
    before = stack["Check"]
    stack.update(check("/health"))
    found = emulator.client("route53").get_health_check(HealthCheckId=before)["HealthCheck"]
    assert stack["Check"] == before
    assert found["HealthCheckConfig"]["ResourcePath"] == "/health"


def test_a_slack_channel_is_told_of_another_topic(emulator: Emulator, deploy: Deploy) -> None:
    def channel(topic: str) -> dict[str, Any]:
        return {
            "Slack": resource(
                "AWS::Chatbot::SlackChannelConfiguration",
                ConfigurationName="alarms",
                IamRoleArn="arn:aws:iam::123456789012:role/chat",
                SlackWorkspaceId="T0123456",
                SlackChannelId="C0123456",
                SnsTopicArns=[f"arn:aws:sns:us-east-1:123456789012:{topic}"],
            )
        }

    stack = deploy(channel("old"))
    stack.update(channel("new"))
    found = emulator.client("chatbot").describe_slack_channel_configurations(
        ChatConfigurationArn=stack["Slack"]
    )["SlackChannelConfigurations"]
    assert found[0]["SnsTopicArns"] == ["arn:aws:sns:us-east-1:123456789012:new"]
    assert found[0]["SlackTeamId"] == "T0123456"


def test_trail_selection_provider_and_secret_policy_are_there_and_go_again(
    emulator: Emulator, deploy: Deploy
) -> None:
    role = "arn:aws:iam::123456789012:role/any"
    rule = {"RuleName": "daily", "TargetBackupVault": "vault"}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    resources = {
        "Logs": resource("AWS::S3::Bucket"),
        "Trail": resource("AWS::CloudTrail::Trail", S3BucketName={"Ref": "Logs"}, IsLogging=True),
        "Plan": resource(
            "AWS::Backup::BackupPlan",
            BackupPlan={"BackupPlanName": "daily", "BackupPlanRule": [rule]},
        ),
        "Selection": resource(
            "AWS::Backup::BackupSelection",
            BackupPlanId={"Ref": "Plan"},
            BackupSelection={"SelectionName": "all", "IamRoleArn": role, "Resources": ["*"]},
        ),
        "GitHub": resource(
            "AWS::IAM::OIDCProvider",
            Url="https://token.actions.githubusercontent.com",
            ClientIdList=["sts.amazonaws.com"],
        ),
        "Secret": resource("AWS::SecretsManager::Secret", SecretString="x"),
        "Policy": resource(
            "AWS::SecretsManager::ResourcePolicy",
            SecretId={"Ref": "Secret"},
            ResourcePolicy={"Version": "2012-10-17", "Statement": [statement]},
        ),
        "Cluster": resource("AWS::ECS::Cluster"),
        "Capacity": resource(
            "AWS::ECS::ClusterCapacityProviderAssociations",
            Cluster={"Ref": "Cluster"},
            CapacityProviders=["FARGATE"],
            DefaultCapacityProviderStrategy=[],
        ),
    }
    stack = deploy(resources)
    iam, cloudtrail = emulator.client("iam"), emulator.client("cloudtrail")
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=stack["GitHub"])
    assert provider["ClientIDList"] == ["sts.amazonaws.com"]
    assert cloudtrail.get_trail_status(Name=stack["Trail"])["IsLogging"] is True
    secrets = emulator.client("secretsmanager")
    assert "Deny" in secrets.get_resource_policy(SecretId=stack["Secret"])["ResourcePolicy"]
    backups = emulator.client("backup").list_backup_selections(BackupPlanId=stack["Plan"])
    assert [s["SelectionName"] for s in backups["BackupSelectionsList"]] == ["all"]
    clusters = emulator.client("ecs").describe_clusters(clusters=[stack["Cluster"]])["clusters"]
    assert clusters[0]["capacityProviders"] == ["FARGATE"]
    stack.delete()
    assert cloudtrail.describe_trails()["trailList"] == []
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
