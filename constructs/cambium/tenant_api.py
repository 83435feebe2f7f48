"""The HTTP API of tenants: every request is signed, and IAM says who may send which."""

import json

from aws_cdk import CfnOutput, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

ROUTES = {
    "/tenants": (apigateway.HttpMethod.GET, apigateway.HttpMethod.POST),
    "/tenants/{tenant}": (
        apigateway.HttpMethod.GET,
        apigateway.HttpMethod.PATCH,
        apigateway.HttpMethod.DELETE,
    ),
}
LOGGED = {
    name: f"$context.{name}"
    for name in ("requestId", "requestTime", "httpMethod", "path", "status", "identity.userArn")
}
REQUESTS_A_SECOND = 10
"""Making tenants is no traffic: more than this is a mistake."""


class TenantApi(Construct):
    """An HTTP API in front of one function. There is no route without a signature.

    Attributes:
        api: The API.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, function: lambda_.IFunction
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.HttpApi(
            self,
            "Api",
            api_name=name,
            description="Makes, changes and deletes tenants",
            default_authorizer=authorizers.HttpIamAuthorizer(),
            create_default_stage=False,
        )
        integration = integrations.HttpLambdaIntegration("Function", function)
        for path, methods in ROUTES.items():
            self.api.add_routes(path=path, methods=list(methods), integration=integration)
        log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=apigateway.ThrottleSettings(rate_limit=REQUESTS_A_SECOND, burst_limit=REQUESTS_A_SECOND),
        )
        resource = stage.node.default_child
        assert isinstance(resource, apigateway.CfnStage)  # noqa: S101 - narrows jsii's type
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=json.dumps(LOGGED)
        )
        CfnOutput(
            self, "Url", value=self.api.api_endpoint, description="The API of tenants"
        ).override_logical_id("ApiUrl")
