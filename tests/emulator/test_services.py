"""App Runner and Application Auto Scaling, through templates and as an operator sees them."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


def web(cpu: str, most: int) -> dict[str, Any]:
    image = {"ImageIdentifier": "public.ecr.aws/nginx/nginx:latest", "ImageRepositoryType": "ECR"}
    return {
        "Connector": resource("AWS::AppRunner::VpcConnector", Subnets=["subnet-1"]),
        "Scaling": resource("AWS::AppRunner::AutoScalingConfiguration", MaxSize=most, MinSize="1"),
        "Service": resource(
            "AWS::AppRunner::Service",
            SourceConfiguration={"ImageRepository": image, "AutoDeploymentsEnabled": "true"},
            InstanceConfiguration={"Cpu": cpu, "Memory": "2048"},
            AutoScalingConfigurationArn={"Fn::GetAtt": ["Scaling", "AutoScalingConfigurationArn"]},
            NetworkConfiguration={
                "EgressConfiguration": {
                    "EgressType": "VPC",
                    "VpcConnectorArn": {"Fn::GetAtt": ["Connector", "VpcConnectorArn"]},
                }
            },
            Tags=[{"Key": "team", "Value": "core"}],
        ),
    }


def test_an_app_runner_service_grows_in_place(emulator: Emulator, deploy: Deploy) -> None:
    stack = deploy(web("1024", 5))
    arn = stack["Service"]
    stack.update(web("2048", 9))
    service = emulator.client("apprunner").describe_service(ServiceArn=arn)["Service"]
    assert stack["Service"] == arn
    assert service["InstanceConfiguration"]["Cpu"] == "2048"
    assert service["AutoScalingConfigurationSummary"]["AutoScalingConfigurationRevision"] == 2
    assert service["Status"] == "RUNNING"
    stack.delete()
    assert emulator.client("apprunner").list_services()["ServiceSummaryList"] == []


def test_an_operator_can_pause_deploy_tag_and_add_a_domain(emulator: Emulator, deploy: Deploy) -> None:
    stack = deploy(web("1024", 5))
    apprunner = emulator.client("apprunner")
    arn = stack["Service"]
    assert apprunner.pause_service(ServiceArn=arn)["Service"]["Status"] == "PAUSED"
    assert apprunner.resume_service(ServiceArn=arn)["Service"]["Status"] == "RUNNING"
    started = apprunner.start_deployment(ServiceArn=arn)["OperationId"]
    operations = apprunner.list_operations(ServiceArn=arn)["OperationSummaryList"]
    assert operations[0]["Id"] == started
    assert operations[-1]["Type"] == "CREATE_SERVICE"
    apprunner.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "web"}])
    tags = apprunner.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": "web"}]
    apprunner.associate_custom_domain(ServiceArn=arn, DomainName="app.example.com")
    domains = apprunner.describe_custom_domains(ServiceArn=arn)["CustomDomains"]
    assert [domain["DomainName"] for domain in domains] == ["app.example.com"]
    stack.delete()


def test_an_operation_nobody_wrote_is_an_error(emulator: Emulator) -> None:
    apprunner = emulator.client("apprunner")
    with pytest.raises(apprunner.exceptions.ClientError, match="is not emulated"):
        apprunner.list_connections()


def test_a_scalable_target_gets_another_maximum(emulator: Emulator, deploy: Deploy) -> None:
    def scaling(most: int, target: float) -> dict[str, Any]:
        place = {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/web/web",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        tracking = {"PredefinedMetricSpecification": metric, "TargetValue": target}
        return {
            "Target": resource(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                MinCapacity=1,
                MaxCapacity=str(most),
                RoleARN="arn:aws:iam::123456789012:role/scaling",
                **place,
            ),
            "Policy": resource(
                "AWS::ApplicationAutoScaling::ScalingPolicy",
                PolicyName="cpu",
                PolicyType="TargetTrackingScaling",
                ScalingTargetId={"Ref": "Target"},
                TargetTrackingScalingPolicyConfiguration=tracking,
            ),
        }

    stack = deploy(scaling(4, 60))
    stack.update(scaling(8, 70))
    client = emulator.client("application-autoscaling")
    targets = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert [(t["MinCapacity"], t["MaxCapacity"]) for t in targets] == [(1, 8)]
    policy = client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70
    stack.delete()
    assert client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
