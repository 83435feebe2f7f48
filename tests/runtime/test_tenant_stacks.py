"""A17: with which template a tenant's stack is changed, and when it is not changed at all; on real stacks."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from emulator.client import DEFAULT_ACCOUNT
from emulator.testing import Emulator
from routing.entry import Entry
from routing.table import Table
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, REGION, Clients, deployed, empty, make_tables
from tenants import admission, registry, routing, runs, stack, stack_facts
from tenants.failure import StepError
from tenants.settings import client

pytestmark = pytest.mark.embedded
TIER = told(
    "stacks",
    platform="app-runner",
    registry="stacks-tenants",
    routing="stacks-routing",
    place={"Place": "of-two", "Further": "of-two"},
)
BUCKET = "stacks-assets"
STRING = {"Type": "String"}
TOPIC = {"Type": "AWS::SNS::Topic"}
OUTPUTS = {"Origin": {"Value": {"Ref": "Serve"}}}
ONE: dict[str, Any] = {
    "Parameters": dict.fromkeys(("TenantId", "Image", "Serve", "Protected", "Place"), STRING),
    "Resources": {"Topic": TOPIC},
    "Outputs": OUTPUTS,
}
TWO = {
    "Parameters": {**ONE["Parameters"], "Further": STRING},
    "Resources": {**ONE["Resources"], "Added": TOPIC},
    "Outputs": OUTPUTS,
}
UNFIT = {"TaskDefinition": "none", "HealthCheckGracePeriodSeconds": 1}
BROKEN = {
    **TWO,
    "Resources": {**ONE["Resources"], "Added": {"Type": "AWS::ECS::Service", "Properties": UNFIT}},
}
TEMPLATES = {"one": ONE, "two": TWO, "broken": BROKEN}
BEFORE = {"TenantId": "org-101", "Image": "v1", "Serve": "yes", "Protected": "true"}
AS_ONE = {**BEFORE, "Place": "of-one"}


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Clients:
    """Clients of an embedded AWS with both tables, and the templates of three releases."""
    clients = make_tables(emulator, TIER)
    clients("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, template in TEMPLATES.items():
        clients("s3").put_object(Bucket=BUCKET, Key=f"{name}.json", Body=json.dumps(template).encode())
    return clients


class Deployed:
    """Functions of a release, and the stack of a tenant."""

    def __init__(self, aws: Clients, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.cloudformation, self.name = aws("cloudformation"), name
        self._url, self._patch = emulator.url, monkeypatch
        self.let_go: Callable[[], object] = lambda: None
        self.release("one")
        self.cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(ONE),
            Parameters=[{"ParameterKey": key, "ParameterValue": AS_ONE[key]} for key in AS_ONE],
            Tags=[{"Key": "cambium:template", "Value": "one"}],
        )
        self.wait()

    def release(self, name: str) -> None:
        """Deploy the functions of a release."""
        self._patch.setenv("RELEASE", name)
        self._patch.setenv("TEMPLATE_URL", f"{self._url}/{BUCKET}/{name}.json")
        self._patch.setenv("STACK_ROLE", f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/stacks")

    def step(self, **asked: Any) -> dict[str, Any]:
        """A step of a machine: asked until it is done."""
        answer = {"status": "wait", "started": False}
        while answer["status"] == "wait":
            event = {"stack": self.name, "started": answer["started"], **asked}
            answer = stack.on_request(event, CONTEXT)
            self.wait()
        return answer

    def wait(self) -> None:
        """Until nothing goes on."""
        while str(self.found().get("StackStatus", "")).endswith("IN_PROGRESS"):
            time.sleep(0.02)

    def found(self) -> dict[str, Any]:
        """The stack, or nothing."""
        return dict(stack_facts.find(self.name) or {})

    def is_now(self) -> tuple[str, dict[str, str], set[str]]:
        """Template by its tag, parameters, and resources."""
        resources = self.cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        found = self.found()
        names = {one["LogicalResourceId"] for one in resources if one["ResourceStatus"] != "DELETE_COMPLETE"}
        return stack_facts.template_of(found), stack_facts.given(found), names


@pytest.fixture
def tenant(
    aws: Clients, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Deployed]:
    """One whose stack is of the first release; the registry and the routing table are empty."""
    empty(aws, TIER)
    with deployed(TIER, emulator, monkeypatch):
        number = abs(hash(request.node.name)) % 10**9
        yield Deployed(aws, emulator, monkeypatch, f"{TIER.stack_prefix}t{number}")


AS_IT_WAS = ("one", AS_ONE, {"Topic"})


def test_a17_the_way_back_brings_template_parameters_and_tag_of_before(tenant: Deployed) -> None:
    tenant.release("two")
    tenant.step(parameters={**BEFORE, "Image": "v2"}, changes=True)
    of_two = {**BEFORE, "Image": "v2", **TIER.place}
    assert tenant.is_now() == ("two", of_two, {"Topic", "Added"})

    tenant.step(parameters=AS_ONE, template="one", changes=True)
    assert tenant.is_now() == AS_IT_WAS


def test_a17_who_is_stopped_or_started_keeps_the_template_and_what_it_was_told(tenant: Deployed) -> None:
    tenant.release("two")
    told = {**BEFORE, "Serve": "no", "Priority9": "of a template with more services"}
    for how in ({"own": True}, {"existing": True}):
        tenant.step(parameters=told, **how)
        assert tenant.is_now() == ("one", {**AS_ONE, "Serve": "no"}, {"Topic"})
        tenant.step(parameters=BEFORE, **how)
        assert tenant.is_now() == AS_IT_WAS


def test_a17_a_template_that_cannot_be_applied_stops_no_way_back(tenant: Deployed) -> None:
    tenant.release("broken")
    with pytest.raises(StepError, match="Added: "):
        tenant.step(parameters=BEFORE, changes=True)
    back = {"parameters": AS_ONE, "template": "one"}
    assert tenant.step(**back, look=True)["same"] is True
    assert tenant.step(**back, changes=True)["outputs"] == {"Origin": "yes"}
    assert tenant.found()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE", "there was nothing to do"
    tenant.step(parameters={**BEFORE, "Serve": "no"}, own=True, changes=True)
    assert tenant.is_now() == ("one", {**AS_ONE, "Serve": "no"}, {"Topic"})
    assert tenant.step(**back, look=True)["same"] is False
    tenant.step(**back, changes=True)
    assert tenant.is_now() == AS_IT_WAS


def test_a17_an_earlier_template_that_is_gone_is_said_and_none_comes_in_its_place(tenant: Deployed) -> None:
    tenant.release("two")
    tenant.step(parameters=BEFORE, changes=True)
    before = tenant.is_now()
    with pytest.raises(StepError, match="earlier template zero, which must be in the bucket of assets"):
        tenant.step(parameters=AS_ONE, template="zero", changes=True)
    with pytest.raises(StepError, match="is not written down"):
        tenant.step(parameters=AS_ONE, template="", changes=True)
    assert tenant.is_now() == before


def test_a17_a_look_changes_nothing_and_a_stack_that_is_gone_is_an_error(tenant: Deployed) -> None:
    tenant.release("two")
    assert tenant.step(look=True)["outputs"] == {"Origin": "yes"}
    assert tenant.is_now() == AS_IT_WAS
    tenant.step(parameters=None)
    with pytest.raises(StepError, match="is gone"):
        tenant.step(look=True)


@pytest.fixture
def half_deleted(tenant: Deployed, aws: Clients) -> Deployed:
    """A stack that somebody tried to delete, of which something refuses to go."""
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.250.0.0/16"}}
    tenant.cloudformation.update_stack(
        StackName=tenant.name,
        TemplateBody=json.dumps({**ONE, "Resources": {"Topic": TOPIC, "Kept": network}}),
        Parameters=[{"ParameterKey": key, "UsePreviousValue": True} for key in AS_ONE],
    )
    tenant.wait()
    found = tenant.cloudformation.describe_stack_resource(StackName=tenant.name, LogicalResourceId="Kept")
    vpc = found["StackResourceDetail"]["PhysicalResourceId"]
    subnet = aws("ec2").create_subnet(VpcId=vpc, CidrBlock="10.250.0.0/24")["Subnet"]["SubnetId"]
    tenant.cloudformation.delete_stack(StackName=tenant.name)
    tenant.wait()
    assert tenant.found()["StackStatus"] == "DELETE_FAILED"
    tenant.let_go = lambda: aws("ec2").delete_subnet(SubnetId=subnet)
    return tenant


@pytest.mark.parametrize(
    "asked",
    [
        {"parameters": BEFORE},
        {"parameters": {**BEFORE, "Serve": "yes"}, "own": True},
        {"parameters": AS_ONE, "template": "one"},
    ],
    ids=["update", "resume", "restore"],
)
def test_a17_what_is_changed_is_never_deleted_on(half_deleted: Deployed, asked: dict[str, Any]) -> None:
    with pytest.raises(StepError, match="is DELETE_FAILED and cannot be changed: a new one in its place"):
        half_deleted.step(**asked, changes=True)
    assert half_deleted.found()["StackStatus"] == "DELETE_FAILED"


def test_a17_what_is_to_be_stopped_is_not_deleted_before_its_last_snapshot(half_deleted: Deployed) -> None:
    assert half_deleted.step(parameters={**BEFORE, "Serve": "no"}, existing=True)["outputs"] == {}
    assert half_deleted.found()["StackStatus"] == "DELETE_FAILED"
    half_deleted.let_go()
    half_deleted.step(parameters=None)
    assert half_deleted.found() == {}


def test_a17_a_creation_that_nobody_used_is_made_anew(half_deleted: Deployed) -> None:
    half_deleted.release("two")
    with pytest.raises(StepError, match="is DELETE_FAILED still: Kept: "):
        half_deleted.step(parameters=BEFORE, changes=False)
    half_deleted.let_go()
    half_deleted.step(parameters=BEFORE, changes=False)
    assert half_deleted.is_now() == ("two", {**BEFORE, **TIER.place}, {"Topic", "Added"})


def test_a17_a_database_that_stays_protected_is_said_and_not_tried_for_hours(tenant: Deployed) -> None:
    unfit = {"Type": "AWS::ECS::Service", "Properties": UNFIT, "Condition": "Unprotected"}
    conditions = {"Unprotected": {"Fn::Equals": [{"Ref": "Protected"}, "false"]}}
    tenant.cloudformation.update_stack(
        StackName=tenant.name,
        TemplateBody=json.dumps(
            {**ONE, "Conditions": conditions, "Resources": {"Topic": TOPIC, "Unfit": unfit}}
        ),
        Parameters=[{"ParameterKey": key, "UsePreviousValue": True} for key in AS_ONE],
    )
    tenant.wait()
    with pytest.raises(StepError, match="its database still protected: Unfit: "):
        tenant.step(parameters=None)
    assert tenant.is_now() == AS_IT_WAS


def test_a17_a_deletion_is_taken_back_in_every_state_but_those_of_going(tenant: Deployed) -> None:
    cloudformation = client("cloudformation")
    shapes = cloudformation.meta.service_model.shape_for("StackStatus").enum
    there = set()
    for status in shapes:
        with Stubber(cloudformation) as stub:
            one = {"StackName": "x", "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}
            stub.add_response("describe_stacks", {"Stacks": [one]})
            if stack_facts.is_there("x"):
                there.add(status)
    updates = {status for status in shapes if status.startswith("UPDATE_")} - {"UPDATE_FAILED"}
    assert there == {"CREATE_COMPLETE", *updates}


def begun(tenant: Deployed, *, state: str = "active") -> str:
    """What the registry says of it; its id."""
    name = id_of(tenant)
    facts = {"size": "large", "image": "v1", "tier": "enterprise", "residency": "EU", "region": "eu"}
    runs.claim(registry.Tenant(tenant=name), operation="create", run=run(1), state="creating", facts=facts)
    runs.conclude(name, run(1), state=state, outcome="succeeded", facts={"origin": "earlier.example"})
    return name


def id_of(tenant: Deployed) -> str:
    return tenant.name.removeprefix(TIER.stack_prefix)


def run(number: int) -> str:
    return f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT}:execution:x-change:{number}"


def admit(name: str, number: int, operation: str, **said: str) -> dict[str, Any]:
    request = {"operation": operation, "tenant": name, **said}
    told = {"operation": operation, "run": run(number), "request": request}
    admitted = admission.on_request(told, CONTEXT)
    assert "refused" not in admitted, admitted
    return admitted


def test_a17_the_way_back_is_noted_from_the_stack_itself_when_a_run_begins(tenant: Deployed) -> None:
    tenant.release("two")
    admitted = admit(begun(tenant), 2, "update", image="v2")
    of_registry = {"TenantId": id_of(tenant), "Image": "v1", "Serve": "yes", "Protected": "true"}
    assert admitted["template"] == "one"
    assert admitted["previous"] == {**of_registry, "Place": "of-one"}, (
        "without a size, which it does not have"
    )
    assert admitted["wanted"]["Image"] == "v2"


def test_a17_what_a_run_noted_that_was_stopped_half_way_is_what_the_next_goes_back_to(
    tenant: Deployed,
) -> None:
    tenant.release("two")
    name = begun(tenant)
    first = admit(name, 2, "update", image="v2")
    tenant.step(parameters={**BEFORE, "TenantId": name, "Image": "v2"}, changes=True)
    for number, operation in ((3, "suspend"), (4, "update")):
        said = {"image": "v3"} if operation == "update" else {}
        later = admit(name, number, operation, **said)
        assert (later["template"], later["previous"]) == ("one", first["previous"])
        again = admit(name, number, operation, **said)
        assert (again["template"], again["previous"]) == ("one", first["previous"]), "its answer was lost"

    runs.conclude(name, run(4), state="active", outcome="succeeded", facts={})
    assert admit(name, 5, "suspend")["template"] == "two", "who ended has left it as it is to be"


@pytest.mark.parametrize(
    ("state", "operation", "own"),
    [
        ("active", "update", False),
        ("suspended", "update", False),
        ("active", "suspend", True),
        ("suspended", "resume", True),
    ],
)
def test_a17_only_an_update_brings_a_template(
    tenant: Deployed, state: str, operation: str, own: bool
) -> None:
    said = {"image": "v2"} if operation == "update" else {}
    assert admit(begun(tenant, state=state), 2, operation, **said)["own"] is own


def test_a17_the_registry_names_the_host_to_which_the_line_leads(tenant: Deployed, aws: Clients) -> None:
    name = begun(tenant)
    Table(aws("dynamodb"), TIER.routing).create(
        Entry(name, "eu", "1", "enterprise", "deleting", "EU", "earlier.example")
    )
    routing.on_request({"tenant": name, "state": "suspended"}, CONTEXT)
    assert registry.read(name).facts["origin"] == "earlier.example"
    routing.on_request({"tenant": name, "state": "active", "origin": "later.example"}, CONTEXT)
    line = routing.read(name)
    assert line is not None
    assert (line.origin, registry.read(name).facts["origin"]) == ("later.example", "later.example")
