"""Rule for App Runner, which only its existing customers can still use."""

from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules.rule import Finding, rule
from cambium.deploy_rules.template import Templates

ACKNOWLEDGED = "cambium:app-runner-acknowledged"
"""Metadata key, on the service or on its stack, whose value says why the account may use it.

It is in the template, so whoever reviews or deploys that sees it:
``service.add_metadata(ACKNOWLEDGED, "account 1234 has used App Runner since 2024")``.
"""


@rule(
    "CB-APPRUNNER-01",
    says="App Runner has been closed to new customers since 2026-04-30; in an account that never "
    "used it CreateService is refused.",
    fix="Use Fargate behind a load balancer, or state in the metadata "
    f"{ACKNOWLEDGED!r} of the service or its stack why this account may use App Runner.",
    docs="https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html",
)
def account_is_a_customer(templates: Templates) -> Iterator[Finding]:
    """Find services that nobody vouched for."""
    for service in templates.of_type("AWS::AppRunner::Service"):
        stack_metadata = service.template.section("Metadata")
        if not (_is_reason(service.metadata) or _is_reason(stack_metadata)):
            reason = service.metadata.get(ACKNOWLEDGED)
            yield Finding(service.template, service.logical_id, f"Metadata.{ACKNOWLEDGED}", reason)


def _is_reason(metadata: dict[str, Any]) -> bool:
    reason = metadata.get(ACKNOWLEDGED)
    return isinstance(reason, str) and bool(reason.strip())
