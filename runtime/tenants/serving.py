"""Whether the services of a tenant answer, as the platform sees it."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants.failure import StepError
from tenants.settings import client

logger = Logger()
MOST_LOOKS = 40
"""Ten minutes at one look every 15 seconds."""


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer ``done`` once each service has an instance that its front door finds healthy.

    Raises:
        StepError: it has taken too long.
    """
    outputs, looks = event["outputs"], int(event.get("looks", 0)) + 1
    sick = [name for name, value in outputs.items() if not _healthy(name, value)]
    if not sick:
        return {"status": "done", "outputs": outputs, "looks": looks}
    if looks > MOST_LOOKS:
        raise StepError(
            f"{', '.join(sick)} found no healthy instance in {MOST_LOOKS} looks; read the service's log"
        )
    return {"status": "wait", "outputs": outputs, "looks": looks}


def _healthy(name: str, value: str) -> bool:
    if name.startswith("Target"):
        found = client("elbv2").describe_target_health(TargetGroupArn=value)["TargetHealthDescriptions"]
        return any(one["TargetHealth"]["State"] == "healthy" for one in found)
    if value.startswith("arn:") and ":apprunner:" in value:
        return bool(client("apprunner").describe_service(ServiceArn=value)["Service"]["Status"] == "RUNNING")
    return True
