"""Rules about a template as a whole, and about vouching for App Runner."""

from typing import Any

import aws_cdk as cdk
import pytest

from cambium.deploy_rules import APP_RUNNER_ACKNOWLEDGED, refuse_stages

SERVICE = {"Type": "AWS::AppRunner::Service", "Properties": {"SourceConfiguration": {}}}
VOUCHED = {APP_RUNNER_ACKNOWLEDGED: "the account has used App Runner since 2024"}


@pytest.mark.parametrize(
    "body", [{}, {"Resources": {}}, {"Resources": {"CDKMetadata": {"Type": "AWS::CDK::Metadata"}}}]
)
def test_reports_a_stack_with_nothing_in_it(reports: Any, body: dict[str, Any]) -> None:
    assert set(reports(Phase=body)) == {"CB-STACK-01"}


def test_accepts_a_stack_that_a_macro_fills(reports: Any) -> None:
    assert reports(Phase={"Resources": {"Fn::ForEach::Queues": []}}) == {}


def test_refuses_app_runner_that_nobody_vouched_for(reports: Any) -> None:
    assert "CB-APPRUNNER-01" in reports(App={"Resources": {"Api": SERVICE}})


def test_refuses_app_runner_without_a_reason(reports: Any) -> None:
    service = {**SERVICE, "Metadata": {APP_RUNNER_ACKNOWLEDGED: " "}}

    assert "CB-APPRUNNER-01" in reports(App={"Resources": {"Api": service}})


def test_accepts_app_runner_that_the_service_vouches_for(reports: Any) -> None:
    assert reports(App={"Resources": {"Api": {**SERVICE, "Metadata": VOUCHED}}}) == {}


def test_accepts_app_runner_that_the_stack_vouches_for(reports: Any) -> None:
    assert reports(App={"Metadata": VOUCHED, "Resources": {"Api": SERVICE}}) == {}


def test_refuses_stages_because_the_cli_hides_their_findings() -> None:
    app = cdk.App()
    cdk.Stack(cdk.Stage(app, "Prod"), "Data")

    with pytest.raises(ValueError, match="stage Prod must be removed"):
        refuse_stages(app)


def test_lets_an_app_of_plain_stacks_pass() -> None:
    app = cdk.App()
    cdk.Stack(app, "Data")

    refuse_stages(app)
