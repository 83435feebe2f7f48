"""A17: a template that breaks a tenant, or cannot be applied, is taken back and hinders nobody."""

from typing import Any

import pytest

from support.embedded_functions import Template
from support.embedded_place import PREFIX
from support.embedded_tenants import NEW, NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database, pytest.mark.long]
BALANCER = "AWS::ElasticLoadBalancingV2"


def breaks_the_service(template: Template) -> None:
    """The load balancer looks for it where it is not; and it is told more of its place."""
    resources = template["Resources"]
    (group,) = (one for one in resources.values() if one["Type"] == f"{BALANCER}::TargetGroup")
    names = ("Name", "Tags")
    elsewhere = {key: value for key, value in group["Properties"].items() if key not in names}
    resources["Added"] = {**group, "Properties": elsewhere}
    for name in (name for name in template["Outputs"] if name.startswith("Target")):
        template["Outputs"][name]["Value"] = {"Ref": "Added"}
    template["Parameters"]["Further"] = {"Type": "String"}


def cannot_be_applied(template: Template) -> None:
    """ECS refuses a grace period where there is no load balancer."""
    properties = {"TaskDefinition": "none", "HealthCheckGracePeriodSeconds": 1}
    template["Resources"]["Added"] = {"Type": "AWS::ECS::Service", "Properties": properties}


def lacks_what_it_is_told(template: Template) -> None:
    """It asks for a parameter that nobody tells it."""
    template["Parameters"]["Further"] = {"Type": "String"}
    template["Resources"]["Added"] = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"DisplayName": {"Ref": "Further"}},
    }


def stack(region: Region, tenant: str) -> dict[str, Any]:
    """What is told apart of a tenant's stack: template, parameters, resources, who is asked for health."""
    cloudformation, name = region.client("cloudformation"), f"{PREFIX}-tenant-{tenant}"
    (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {
        "template": {one["Key"]: one["Value"] for one in found["Tags"]}["cambium:template"],
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]},
        "resources": {one["LogicalResourceId"] for one in resources},
        "asked": {one["OutputValue"] for one in found["Outputs"] if one["OutputKey"].startswith("Target")},
    }


def test_a17_a_canary_that_a_new_template_breaks_is_back_on_the_one_it_had(region: Region) -> None:
    region.run("create", tenant="canary", **NEW)
    before = stack(region, "canary")

    with region.release(breaks_the_service, Further="x"):
        said = region.fail("wave", image="v1", canaries=["canary"])
        assert "canary could not be updated: each is as it was, its template too" in said
        assert "Ask its services" in region.known("canary")["failure"]
        assert "; then" not in region.known("canary")["failure"], "nothing is left"
        assert stack(region, "canary") == before
        region.is_whole("canary")

    region.run("wave", image="v1")
    assert stack(region, "canary") == before, "there is nothing left to do"


@pytest.mark.parametrize("release", [cannot_be_applied, lacks_what_it_is_told])
def test_a17_a_template_that_cannot_be_applied_hinders_nobody(region: Region, release: Any) -> None:
    tenant = release.__name__.replace("_", "-")[:16].strip("-")
    region.run("create", tenant=tenant, **NEW)
    before = stack(region, tenant)

    with region.release(release):
        assert "nothing of this run is left" in region.fail(
            "change", operation="update", tenant=tenant, image="v2"
        )
        assert stack(region, tenant) == before
        region.is_whole(tenant)

        region.run("change", operation="suspend", tenant=tenant)
        assert (region.known(tenant)["state"], region.serves(tenant)) == ("suspended", False)
        assert "nothing of this run is left" in region.fail(
            "change", operation="update", tenant=tenant, image="v2"
        )
        assert (region.known(tenant)["state"], region.routed(tenant)["state"]) == ("suspended", "suspended")
        region.run("change", operation="resume", tenant=tenant)
        assert stack(region, tenant) == before
        region.is_whole(tenant)

        with region.broken("delete", ("Find the export", "after")):
            said = region.fail("delete", tenant=tenant, confirm=tenant)
        assert "is active; nothing of this run is left" in said
        assert stack(region, tenant) == before
        region.is_whole(tenant)

        region.run("delete", tenant=tenant, confirm=tenant)
        assert (region.traces(tenant), region.known(tenant)["state"]) == (NO_TRACES, "deleted")


def test_a17_who_is_suspended_gets_a_new_template_by_an_update_and_stays_so(region: Region) -> None:
    region.run("create", tenant="asleep-release", **NEW)
    region.run("change", operation="suspend", tenant="asleep-release")

    def adds(template: Template) -> None:
        template["Resources"]["Added"] = {"Type": "AWS::SNS::Topic"}

    with region.release(adds) as release:
        region.run("change", operation="update", tenant="asleep-release", image="v2")
        assert (region.known("asleep-release")["state"], region.routed("asleep-release")["state"]) == (
            "suspended",
            "suspended",
        )
        assert not region.serves("asleep-release")
        assert stack(region, "asleep-release")["template"] == release
        region.run("change", operation="resume", tenant="asleep-release")
        region.is_whole("asleep-release", image="v2")
        region.run("delete", tenant="asleep-release", confirm="asleep-release")


def test_a17_the_run_after_one_that_was_stopped_goes_back_to_the_template_from_before_it(
    region: Region,
) -> None:
    region.run("create", tenant="halted-release", **NEW)
    before = stack(region, "halted-release")

    def adds(template: Template) -> None:
        template["Resources"]["Added"] = {"Type": "AWS::SNS::Topic"}

    with region.release(adds):
        region.stopped("change", "Open it", operation="update", tenant="halted-release", image="v2")
        assert stack(region, "halted-release") != before
        with region.broken("change", ("Ask its services", "before")):
            region.fail("change", operation="update", tenant="halted-release", image="v2")
        assert stack(region, "halted-release") == before
        region.is_whole("halted-release")
        region.run("delete", tenant="halted-release", confirm="halted-release")
