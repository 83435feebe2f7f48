"""Drills run with the numbers of the templates, and with no others."""

from typing import Any

import pytest

from ops.assembly import manifest
from ops.assembly.target import Target
from ops.drills import planning, templates
from ops.drills.plan import Plan, Tasks
from ops.outcome import ExitCode, OperatorError
from support.assembly import Assembly

SYSTEM = "restartix-fargate"


def plan_of(assembly: Assembly, environment: str, phase: int) -> Plan:
    deployment = Target(SYSTEM, environment, phase).resolve()
    return planning.read(deployment, manifest.read(assembly.folder))


def test_the_parameter_group_is_taken_as_it_is(pooled_production: Assembly) -> None:
    plan = plan_of(pooled_production, "production", 1)

    (group,) = pooled_production.of_type("AWS::RDS::DBParameterGroup")
    assert {**plan.parameters, "rds.force_ssl": "1"} == group["Parameters"]
    assert plan.left_out == ("rds.force_ssl",)


def test_the_settings_of_the_pooler_are_those_of_its_container(pooled_production: Assembly) -> None:
    plan = plan_of(pooled_production, "production", 1)

    assert plan.settings["pool_sizes"] == {"restartix_owner": 8, "restartix": 17}
    assert plan.ceiling == 25
    assert plan.alias == plan.database("restartix") == "restartix"
    assert (plan.poolers.largest, plan.poolers.in_rollout) == (2, 4)
    assert plan.door == "load-balancer"


def test_the_fleet_of_b1_is_every_task_at_the_largest_scale_out(pooled_production: Assembly) -> None:
    plan = plan_of(pooled_production, "production", 1)

    found = {(one.service, one.role): (one.at_scale_out, one.in_rollout) for one in plan.clients}
    assert found == {
        ("core-api", "restartix_owner"): (250, 375),
        ("core-api", "restartix"): (250, 375),
        ("telemetry-api", "restartix"): (20, 40),
    }


def test_a_grown_phase_brings_its_replicas(pooled_phase_two: Assembly) -> None:
    plan = plan_of(pooled_phase_two, "production", 2)

    assert {one.alias for one in plan.clients} == {
        "restartix",
        "restartix_replica_1",
        "restartix_replica_2",
    }
    assert plan.max_connections == 500


def test_staging_on_aurora_has_a_plan_too(pooled_staging: Assembly) -> None:
    plan = plan_of(pooled_staging, "staging", 1)

    assert plan.max_connections == 200
    assert plan.poolers.largest == 1
    assert plan.door == "service-discovery"


def test_a_deployment_without_a_pool_is_told_so(pooled_production: Assembly) -> None:
    deployment = Target("restartix", "production").resolve()

    with pytest.raises(OperatorError, match="has no connection pool") as refused:
        planning.read(deployment, manifest.read(pooled_production.folder))

    assert refused.value.code == ExitCode.CONFIGURATION


SERVICE = {"Type": "AWS::ECS::Service", "Properties": {"DesiredCount": 3, "TaskDefinition": {"Ref": "Task"}}}
TASK = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {
        "ContainerDefinitions": [
            {"Name": "pool", "Environment": [{"Name": "POOL_SETTINGS", "Value": '{"listen_port": 6432}'}]}
        ]
    },
}
GROUP = {
    "Type": "AWS::RDS::DBParameterGroup",
    "Properties": {
        "Parameters": {
            "work_mem": "4096",
            "rds.force_ssl": "1",
            "shared_buffers": "{DBInstanceClassMemory/32768}",
        }
    },
}


def template(**resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"stack": {"Resources": resources}}


def test_what_only_rds_knows_or_computes_is_left_out_and_named() -> None:
    found = templates.find(template(Service=SERVICE, Task=TASK, Group=GROUP))

    assert found.parameters == {"work_mem": "4096"}
    assert found.left_out == ("rds.force_ssl", "shared_buffers")


def test_a_service_without_scaling_has_the_tasks_it_asks_for() -> None:
    found = templates.find(template(Service=SERVICE, Task=TASK, Group=GROUP))

    assert found.poolers == Tasks(largest=3, rollout_percent=200)


@pytest.mark.parametrize(
    ("resources", "missing"),
    [
        ({"Group": GROUP}, "no container with POOL_SETTINGS"),
        ({"Service": SERVICE, "Task": TASK}, "no database parameter group"),
    ],
)
def test_templates_that_do_not_show_a_pool_are_refused(resources: dict[str, Any], missing: str) -> None:
    with pytest.raises(OperatorError, match=missing):
        templates.find(template(**resources))
