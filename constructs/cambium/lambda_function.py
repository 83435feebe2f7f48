"""One Lambda function as all of ours are: Powertools, a log of its own, the tested runtime."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.lambda_code import ARCHITECTURE, RUNTIME, runtime_code

LOG_DAYS = logs.RetentionDays.ONE_YEAR


def define_function(
    scope: Construct,
    construct_id: str,
    *,
    packages: tuple[str, ...],
    handler: str,
    layer: lambda_.ILayerVersion,
    timeout_minutes: int,
    environment: Mapping[str, str] | None = None,
    **place: Any,
) -> lambda_.Function:
    """Define a function below ``scope``, and its log beside it.

    Args:
        scope: Where both are put.
        construct_id: Id of the function.
        packages: Packages of ``runtime/`` it ships; the first has the handler.
        handler: Module and function in that package, such as ``roles_handler.on_event``.
        layer: The libraries.
        timeout_minutes: How long one call may take.
        environment: What else it is told; never a secret.
        place: Network, subnets and security groups, where it stands in a VPC.
    """
    return lambda_.Function(
        scope,
        construct_id,
        runtime=RUNTIME,
        architecture=ARCHITECTURE,
        code=runtime_code(*packages),
        handler=f"{packages[0]}.{handler}",
        layers=[layer],
        memory_size=256,
        timeout=Duration.minutes(timeout_minutes),
        log_group=define_log(scope, f"{construct_id}Log"),
        environment={
            "POWERTOOLS_SERVICE_NAME": packages[0],
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **(environment or {}),
        },
        **place,
    )


def define_log(scope: Construct, construct_id: str) -> logs.LogGroup:
    """The log of a function: kept a year, and nobody's record once the function is gone."""
    return logs.LogGroup(scope, construct_id, retention=LOG_DAYS, removal_policy=RemovalPolicy.DESTROY)
