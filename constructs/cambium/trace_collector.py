"""The container beside a service that sends its traces to X-Ray: AWS's OpenTelemetry collector."""

import json
from collections.abc import Mapping

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam

from cambium.task_container import Liveness, TaskContainer
from cambium.wildcards import acknowledge_wildcards

IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0"
"""Pinned: a collector that changes by itself changes every service."""
MEMORY_MIB = 128
"""Of the task's memory. Beyond, it is restarted, and the service is not."""
SOFT_MIB = 96
"""From here it refuses spans instead of growing."""
OTLP_GRPC_PORT, OTLP_HTTP_PORT, XRAY_PORT, HEALTH_PORT = 4317, 4318, 2000, 13133

_CONFIG = {
    # Everything listens on the task's own loopback: no other task can send here.
    "extensions": {"health_check": {"endpoint": f"127.0.0.1:{HEALTH_PORT}"}},
    "receivers": {
        "otlp": {
            "protocols": {
                "grpc": {"endpoint": f"127.0.0.1:{OTLP_GRPC_PORT}"},
                "http": {"endpoint": f"127.0.0.1:{OTLP_HTTP_PORT}"},
            }
        },
        "awsxray": {"endpoint": f"127.0.0.1:{XRAY_PORT}", "transport": "udp"},
    },
    "processors": {
        "memory_limiter": {"check_interval": "1s", "limit_mib": SOFT_MIB},
        "batch": {"timeout": "1s", "send_batch_size": 50},
    },
    "exporters": {"awsxray": {}},
    "service": {
        "extensions": ["health_check"],
        "pipelines": {
            "traces": {
                "receivers": ["otlp", "awsxray"],
                "processors": ["memory_limiter", "batch"],
                "exporters": ["awsxray"],
            }
        },
    },
}


def trace_collector() -> TaskContainer:
    """The collector. Its end is not the end of the task: a service without traces still serves."""
    return TaskContainer(
        name="trace-collector",
        construct_id="TraceCollector",
        image=ecs.ContainerImage.from_registry(IMAGE),
        # JSON is YAML, which the collector reads.
        environment={"AOT_CONFIG_CONTENT": json.dumps(_CONFIG)},
        liveness=Liveness(command=("CMD", "/healthcheck"), start_seconds=10),
        memory_mib=MEMORY_MIB,
        essential=False,
        restarts=True,
    )


def tracing_environment(service: str) -> Mapping[str, str]:
    """What OpenTelemetry's and X-Ray's libraries read to find the collector, by their own names."""
    return {
        "OTEL_SERVICE_NAME": service,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{OTLP_HTTP_PORT}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_PROPAGATORS": "xray,tracecontext,baggage",
        "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{XRAY_PORT}",
    }


def allow_traces(role: iam.IRole) -> None:
    """Let ``role`` send traces, and ask which requests to trace."""
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=[
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:GetSamplingStatisticSummaries",
            ],
            resources=["*"],
        )
    )
    acknowledge_wildcards(role, {"*": "X-Ray's actions take no resource"})
