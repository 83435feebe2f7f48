"""Services that Step Functions can call as on AWS, and MiniStack's own cannot."""

import json
from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.core import responses
from ministack.services import stepfunctions

from emulator import loopback
from emulator.services.base import ApiError, Service, Tenant

SCALING = "application-autoscaling"
_dispatch_rest_xml: Any = stepfunctions._dispatch_aws_sdk_rest_xml
Answer = tuple[int, dict[str, str], bytes]


def install(services: Mapping[str, Service]) -> None:
    """Let state machines call our own services and load balancers, and write objects."""
    known: dict[str, dict[str, str]] = stepfunctions._AWS_SDK_SERVICE_MAP
    known["applicationautoscaling"] = {
        "target_prefix": "AnyScaleFrontendService",
        "protocol": "json",
        "service_key": SCALING,
    }
    known["elasticloadbalancingv2"] = {"protocol": "query", "service_key": "elasticloadbalancing"}
    stepfunctions._AWS_SDK_ERROR_PREFIX["applicationautoscaling"] = "ApplicationAutoScaling"
    stepfunctions._AWS_SDK_ERROR_PREFIX["elasticloadbalancingv2"] = "ElasticLoadBalancingV2"
    app.SERVICE_HANDLERS[SCALING] = _handler(services[SCALING])
    stepfunctions._dispatch_aws_sdk_rest_xml = _with_objects


def _with_objects(info: Any, service: str, action: str, told: Mapping[str, Any]) -> Any:
    """S3's calls, with the one that writes an object; runs go on in threads of their own."""
    if (service, action) != ("s3", "putObject"):
        return _dispatch_rest_xml(info, service, action, told)
    body = told.get("Body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    answer = loopback.api("s3").put_object(Bucket=told["Bucket"], Key=told["Key"], Body=text.encode())
    return {"ETag": answer["ETag"]}


def _handler(service: Service) -> Any:
    async def handle(method: str, path: str, headers: Mapping[str, str], body: Any, query: Any) -> Answer:
        operation = headers["x-amz-target"].rpartition(".")[2]
        tenant = Tenant(responses.get_account_id(), responses.get_region())
        try:
            return 200, {}, json.dumps(service.handle(operation, json.loads(body or "{}"), tenant)).encode()
        except ApiError as error:
            return 400, {}, json.dumps({"__type": error.code, "message": str(error)}).encode()

    return handle
