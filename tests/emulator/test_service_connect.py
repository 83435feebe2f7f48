"""Names of services in Cloud Map, as ECS makes them; and services that ECS refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack, StackError

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


def product(name: str, *called: str, **changes: Any) -> dict[str, Any]:
    """A cluster with a namespace and one service that is found by some names."""
    services = [
        {"PortName": one, "DiscoveryName": one, "ClientAliases": [{"DnsName": one, "Port": "80"}]}
        for one in called
    ]
    mappings = [{"ContainerPort": 80, "Name": one} for one in called]
    container = {"Name": "web", "Image": "nginx", "PortMappings": mappings, "Memory": 128}
    connect = {
        "Enabled": "true",
        "Namespace": {"Fn::GetAtt": ["Namespace", "Arn"]},
        "Services": services,
        "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "web"}},
    }
    return {
        "Cluster": resource("AWS::ECS::Cluster", ClusterName=name),
        "Namespace": resource("AWS::ServiceDiscovery::HttpNamespace", Name=name),
        "Task": resource("AWS::ECS::TaskDefinition", Family=name, ContainerDefinitions=[container]),
        "Service": resource(
            "AWS::ECS::Service",
            **{
                "ServiceName": name,
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Task"},
                "DesiredCount": 0,
                "ServiceConnectConfiguration": connect,
                **changes,
            },
        ),
    }


def names(emulator: Emulator, namespace: str) -> set[str]:
    """The names in a namespace."""
    found = emulator.client("servicediscovery").list_services(
        Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace]}]
    )
    return {one["Name"] for one in found["Services"]}


def test_names_come_change_and_go_with_their_service(emulator: Emulator, deploy: Deploy) -> None:
    stack = deploy(product("names", "web"))
    namespace = stack["Namespace"]
    assert names(emulator, namespace) == {"web"}
    (service,) = emulator.client("ecs").describe_services(cluster="names", services=["names"])["services"]
    told = service["deployments"][0]
    assert told["serviceConnectConfiguration"]["services"][0]["clientAliases"] == [
        {"dnsName": "web", "port": 80}
    ]
    assert [one["discoveryName"] for one in told["serviceConnectResources"]] == ["web"]

    stack.update(product("names", "web", "shop"))
    assert names(emulator, namespace) == {"web", "shop"}
    stack.update(product("names", "shop"))
    assert names(emulator, namespace) == {"shop"}

    # AWS deletes no namespace that has a name in it, so the stack could not go with one.
    stack.delete()
    assert namespace not in {
        one["Id"] for one in emulator.client("servicediscovery").list_namespaces()["Namespaces"]
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"HealthCheckGracePeriodSeconds": 60}, "only valid for services configured to use load balancers"),
        (
            {
                "AvailabilityZoneRebalancing": "ENABLED",
                "DeploymentConfiguration": {"MinimumHealthyPercent": 0, "MaximumPercent": 100},
            },
            "availabilityZoneRebalancing needs a maximumPercent above 100",
        ),
    ],
)
def test_a_service_that_ecs_refuses_fails_here_too(
    deploy: Deploy, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(StackError, match=message):
        deploy(product("refused", "web", **changes))


def test_a_saved_query_is_made_changed_and_deleted(emulator: Emulator, deploy: Deploy) -> None:
    def query(text: str) -> dict[str, Any]:
        return {
            "Query": resource(
                "AWS::Logs::QueryDefinition", Name="shop/by id", QueryString=text, LogGroupNames=["web"]
            )
        }

    logs = emulator.client("logs")
    stack = deploy(query("fields @message"))
    own_id = stack["Query"]
    stack.update(query("fields @timestamp"))

    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="shop/")["queryDefinitions"]
    assert (found["queryDefinitionId"], found["queryString"]) == (own_id, "fields @timestamp")
    assert stack["Query"] == own_id
    stack.delete()
    assert logs.describe_query_definitions(queryDefinitionNamePrefix="shop/")["queryDefinitions"] == []


def test_failed_messages_go_back_to_where_they_came_from(emulator: Emulator, deploy: Deploy) -> None:
    arn = {"Fn::GetAtt": ["Failed", "Arn"]}
    stack = deploy(
        {
            "Failed": resource("AWS::SQS::Queue", QueueName="failed"),
            "Jobs": resource(
                "AWS::SQS::Queue",
                QueueName="jobs",
                VisibilityTimeout=0,
                RedrivePolicy={"deadLetterTargetArn": arn, "maxReceiveCount": 1},
            ),
        }
    )
    sqs = emulator.client("sqs")
    sqs.send_message(QueueUrl=stack["Jobs"], MessageBody="one")
    for _ in range(2):
        sqs.receive_message(QueueUrl=stack["Jobs"])
    source = sqs.get_queue_attributes(QueueUrl=stack["Failed"], AttributeNames=["QueueArn"])["Attributes"]

    sqs.start_message_move_task(SourceArn=source["QueueArn"])

    (task,) = sqs.list_message_move_tasks(SourceArn=source["QueueArn"])["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    (message,) = sqs.receive_message(QueueUrl=stack["Jobs"])["Messages"]
    assert message["Body"] == "one"
    with pytest.raises(sqs.exceptions.ClientError, match="does not exist"):
        sqs.start_message_move_task(SourceArn="arn:aws:sqs:us-east-1:000000000000:nobody")
    stack.delete()
