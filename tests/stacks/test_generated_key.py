"""A key of our own goes from a function into the service's secret, and through no template."""

from typing import Any

import aws_cdk as cdk
import pytest

from config.service import Generated
from config.system import System
from stacks.app import feature_flags
from stacks.composition import RegionStacks
from stacks.coverage import refuse_unbuilt
from support.assembly import Assembly


@pytest.fixture(scope="module")
def templates(notes_system: System) -> dict[str, dict[str, Any]]:
    """Every template of a product whose service signs sessions, by role."""
    api = notes_system.services[0]
    signing = api.model_copy(update={"secrets": {**api.secrets, "SESSION_KEY": Generated(length=48)}})
    deployment = notes_system.resolve("production").model_copy(update={"services": (signing,)})
    refuse_unbuilt(deployment)
    app = cdk.App(
        context=feature_flags(), analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    RegionStacks(app, deployment, deployment.home)
    return {stack.stack_name.rpartition("-")[2]: stack.template for stack in app.synth().stacks}


def test_the_function_is_told_the_name_and_the_length(templates: dict[str, dict[str, Any]]) -> None:
    (urls,) = [
        one["Properties"]
        for one in templates["credentials"]["Resources"].values()
        if one["Type"] == "Custom::UrlsApi"
    ]

    assert urls["GeneratedKeys"] == {"SESSION_KEY": 48}


def test_the_service_reads_it_where_it_reads_its_other_secrets(templates: dict[str, dict[str, Any]]) -> None:
    read = [
        pair
        for one in templates["compute"]["Resources"].values()
        if one["Type"] == "AWS::ECS::TaskDefinition"
        for container in one["Properties"]["ContainerDefinitions"]
        for pair in container["Secrets"]
        if pair["Name"] == "SESSION_KEY"
    ]

    assert len(read) == 1
    assert ":SESSION_KEY::" in str(read[0]["ValueFrom"])


def test_who_has_none_is_told_of_none(notes: Assembly) -> None:
    assert not [
        one
        for one in notes.resources
        if one.type.startswith("Custom::Urls") and "GeneratedKeys" in one.properties
    ]
