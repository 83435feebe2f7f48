"""The promises MiniStack never made and we rely on: its exact version and its private names."""

import importlib
from importlib.metadata import version

VERSION = "1.5.33"

CLOUDFORMATION = "ministack.services.cloudformation"
PRIVATE_NAMES: tuple[tuple[str, str], ...] = (
    ("ministack.app", "app"),
    ("ministack.app", "SERVICE_HANDLERS"),
    ("ministack.core.lambda_runtime", "reset"),
    ("ministack.core.responses", "get_account_id"),
    ("ministack.core.responses", "get_region"),
    ("ministack.services.cloudwatch", "_alarms"),
    ("ministack.services.ec2", "_instances"),
    ("ministack.core.concurrency", "spawn_background"),
    ("ministack.core.responses", "request_scope"),
    ("ministack.services.acm", "_certificates"),
    ("ministack.services.alb", "_lbs"),
    ("ministack.services.alb", "_listeners"),
    ("ministack.services.alb", "_targets"),
    ("ministack.services.ecs", "_ACTION_MAP"),
    ("ministack.services.ecs", "_awslogs_config"),
    ("ministack.services.ecs", "_emit_awslogs_event"),
    ("ministack.services.ecs", "_ensure_awslogs_stream"),
    ("ministack.services.ecs", "_mark_task_stopped"),
    ("ministack.services.ecs", "_resolve_td_key"),
    ("ministack.services.ecs", "_run_task"),
    ("ministack.services.ecs", "_services"),
    ("ministack.services.ecs", "_task_defs"),
    ("ministack.services.ecs", "_task_is_active"),
    ("ministack.services.ecs", "_tasks"),
    ("ministack.services.rds", "_ACTION_MAP"),
    ("ministack.services.rds", "_clusters"),
    ("ministack.services.rds", "_error"),
    ("ministack.services.rds", "_instances"),
    ("ministack.services.rds", "_p"),
    ("ministack.services.rds", "_resolve_cluster_in_request_region"),
    ("ministack.services.rds", "_resolve_instance"),
    ("ministack.services.rds", "_single_instance_response"),
    ("ministack.services.rds", "_start_db_cluster"),
    ("ministack.services.rds", "_stop_db_cluster"),
    ("ministack.services.rds", "_subnet_groups"),
    ("ministack.services.route53", "_default_records"),
    ("ministack.services.route53", "_records"),
    ("ministack.services.route53", "_zones"),
    ("ministack.services.secretsmanager", "_secrets"),
    ("ministack.services.secretsmanager", "resolve_secret_string"),
    ("ministack.services.sqs", "_queues"),
    ("ministack.services.sqs", "_queues_lock"),
    ("ministack.services.ses_v2", "_easy_dkim_attributes"),
    ("ministack.services.ses_v2", "_identities"),
    ("ministack.services.ssm", "_PUBLIC_AMI_PARAMETERS"),
    ("ministack.services.stepfunctions", "_AWS_SDK_ERROR_PREFIX"),
    ("ministack.services.stepfunctions", "_AWS_SDK_SERVICE_MAP"),
    ("ministack.services.stepfunctions", "_ExecutionError"),
    ("ministack.services.stepfunctions", "_SERVICE_DISPATCH"),
    (f"{CLOUDFORMATION}.engine", "_resolve_refs"),
    (f"{CLOUDFORMATION}.provisioners", "_RESOURCE_HANDLERS"),
    (f"{CLOUDFORMATION}.stacks", "_runs_on_worker_thread"),
)
HANDLED_TYPES = (
    *("AWS::CertificateManager::Certificate", "AWS::CloudWatch::Alarm"),
    *("AWS::DynamoDB::GlobalTable", "AWS::ECS::Service"),
    *("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    *("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Route53::RecordSet", "AWS::S3::Bucket"),
    *("AWS::SecretsManager::Secret", "AWS::WAFv2::WebACL"),
)
"""Types whose own handlers we complete, so they must be there."""


class PinError(RuntimeError):
    """MiniStack is not the one this package was written for."""


def check() -> None:
    """Fail unless MiniStack has the version and every private name used here.

    Raises:
        PinError: Names what is missing and what to do.
    """
    installed = version("ministack")
    if installed != VERSION:
        raise PinError(f"found ministack {installed}; {_advice()}")
    missing = [f"{module}.{name}" for module, name in PRIVATE_NAMES if not _has(module, name)]
    if missing:
        raise PinError(f"ministack {installed} has no {', '.join(missing)}; {_advice()}")
    handlers = importlib.import_module(f"{CLOUDFORMATION}.provisioners")._RESOURCE_HANDLERS
    unhandled = [type_name for type_name in HANDLED_TYPES if type_name not in handlers]
    if unhandled:
        raise PinError(f"ministack {installed} can't create {', '.join(unhandled)}; {_advice()}")


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


def _advice() -> str:
    return (
        f"install ministack=={VERSION}, or move the pin in emulator/pins.py and pyproject.toml "
        "together after the emulator tests pass"
    )
