"""The routing table outlives everything, and only who is told to may read it or ask the look-up."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cambium.routing_lookup import RoutingCaller, RoutingLookup
from cambium.routing_table import RoutingTable
from support.scenario import REGION, BuiltOf, scenario

TABLE = "AWS::DynamoDB::GlobalTable"
NAME = "x-production-routing"


@scenario
def routing(stack: cdk.Stack) -> None:
    table = RoutingTable(stack, "Routing", table_name=NAME, replica_regions=["us-east-1"])
    table.grant_read(iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))
    table.grant_write(iam.Role(stack, "Writer", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))


@scenario
def lookup(stack: cdk.Stack) -> None:
    RoutingLookup(stack, "Lookup", function_name="x-production-eu-lookup", table_name=NAME)
    RoutingCaller(
        stack, "Worker", user_name="x-production-worker", function_arns=["arn:aws:lambda:eu:1:function:one"]
    )


def test_a18_every_copy_of_the_table_is_protected_and_can_be_restored(built: BuiltOf) -> None:
    table = built(routing).the(TABLE)

    assert table["TableName"] == NAME
    assert {copy["Region"] for copy in table["Replicas"]} == {REGION, "us-east-1"}
    for copy in table["Replicas"]:
        assert copy["DeletionProtectionEnabled"] is True
        recovery = copy["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table.outlives_its_stack
    assert table.body["UpdateReplacePolicy"] == "Retain"


def test_copies_agree_by_themselves_and_the_last_write_wins(built: BuiltOf) -> None:
    assert built(routing).the(TABLE).properties.get("MultiRegionConsistency", "EVENTUAL") == "EVENTUAL"


def test_who_reads_cannot_write_and_nobody_reaches_another_table(built: BuiltOf) -> None:
    actions, table = {}, built(routing).the(TABLE)
    for policy in built(routing).of_type("AWS::IAM::Policy"):
        (role,) = policy["Roles"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        actions[role["Ref"][:6]] = set(statement["Action"])
        assert statement["Resource"]["Fn::Join"][1][-2:] == [":table/", {"Ref": table.logical_id}]

    assert "dynamodb:PutItem" in actions["Writer"]
    assert not {one for one in actions["Reader"] if "Put" in one or "Delete" in one or "Update" in one}


def test_a18_the_lookup_answers_whom_iam_knows_and_is_bounded(built: BuiltOf) -> None:
    template = built(lookup)

    assert template.the("AWS::Lambda::Url")["AuthType"] == "AWS_IAM"
    assert template.of_type("AWS::Lambda::Permission") == []
    assert template.the("AWS::Lambda::Function")["ReservedConcurrentExecutions"] == 50


def test_a18_the_worker_may_ask_the_lookups_and_nothing_else(built: BuiltOf) -> None:
    template = built(lookup)
    (policy,) = [one for one in template.of_type("AWS::IAM::Policy") if "Groups" in one.properties]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert set(statement["Action"]) == {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}
    assert statement["Resource"] == "arn:aws:lambda:eu:1:function:one"
    assert template.of_type("AWS::IAM::AccessKey") == []
