"""A replaced resource has other values: whoever was made with one of them is replaced too."""

from typing import Any

import pytest

from ops.outcome import ExitCode
from ops.plan.prover import Plan, prove
from ops.plan.side import Side
from ops.plan.verdict import Verdict
from support.planted import resource, side, stack, step, verdicts

ARN: Any = {"Fn::GetAtt": ["Key", "Arn"]}
"""Of a topic that stands for whatever a database is encrypted with: its name replaces it."""


def key(name: str) -> dict[str, Any]:
    return resource("AWS::SNS::Topic", TopicName=name)


def database(value: Any) -> dict[str, Any]:
    return resource("AWS::RDS::DBInstance", keep="Retain", KmsKeyId=value)


WAYS: dict[str, Any] = {
    "Ref": {"Ref": "Key"},
    "GetAtt": ARN,
    "GetAtt as text": {"Fn::GetAtt": "Key.Arn"},
    "Sub": {"Fn::Sub": "arn:${AWS::Partition}:kms:${Key}"},
    "Sub of an attribute": {"Fn::Sub": "${Key.Arn}"},
    "Sub with a name of its own": {"Fn::Sub": ["${It}", {"It": {"Ref": "Key"}}]},
    "Join": {"Fn::Join": [":", ["arn", {"Ref": "Key"}]]},
    "Select": {"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Key"}]}]},
    "If": {"Fn::If": ["Large", {"Ref": "Key"}, "none"]},
    "a secret's text": {
        "Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Key"}, ":SecretString:arn::}}"]]
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_replacement_is_followed_through(way: str) -> None:
    def template(name: str) -> Side:
        resources = {"Key": key(name), "Database": database(WAYS[way])}
        return Side.of([stack("data", resources, Conditions={"Large": {"Fn::Equals": ["a", "a"]}})])

    plan = prove(template("one"), template("two"))

    assert verdicts(plan) == {"Key": "replaces", "Database": "replaces"}
    assert plan.outcome == ExitCode.LOSES_DATA


def across(producer: dict[str, Any], consumer: dict[str, Any], output: Any) -> Side:
    return Side.of([stack("keys", producer, Outputs={"Key": output}), stack("data", consumer)])


WEAK = {"Fn::GetStackOutput": {"StackName": "keys", "OutputName": "Key"}}


def test_it_is_followed_into_another_stack_by_a_stack_output() -> None:
    plan = prove(
        *(across({"Key": key(name)}, {"Database": database(WEAK)}, {"Value": ARN}) for name in ("one", "two"))
    )

    assert verdicts(plan) == {"Key": "replaces", "Database": "replaces"}
    assert [split.parts for split in plan.splits] == [("data",)]
    assert "the CDK skips a stack" in plan.splits[0].why


def test_it_is_followed_through_an_export_which_cloudformation_holds() -> None:
    output = {"Value": ARN, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-key"}}}
    consumer = {"Database": database({"Fn::ImportValue": {"Fn::Join": ["-", ["keys", "key"]]}})}
    plan = prove(*(across({"Key": key(name)}, consumer, output) for name in ("one", "two")))

    assert verdicts(plan) == {"Key": "replaces", "Database": "replaces"}
    assert [refusal.what for refusal in plan.refusals] == [
        "data imports its value, and CloudFormation changes no export in use"
    ]


def test_a_value_behind_an_output_may_change_without_any_text_of_the_consumer() -> None:
    keys = {"Key": key("one"), "Other": key("other")}
    before, after = (
        across(keys, {"Database": database(WEAK)}, {"Value": {"Ref": name}}) for name in ("Key", "Other")
    )

    assert verdicts(prove(before, after)) == {"Database": "replaces"}


def test_another_way_to_refer_replaces_as_cloudformation_plans_it() -> None:
    """aws-cdk issue 38829: the same value by an export and by a stack output is not the same."""
    output = {"Value": ARN, "Export": {"Name": "key"}}
    before, after = (
        across({"Key": key("one")}, {"Database": database(value)}, output)
        for value in ({"Fn::ImportValue": "key"}, WEAK)
    )

    assert verdicts(prove(before, after)) == {"Database": "replaces"}


def parameter(value: str) -> dict[str, Any]:
    return resource("AWS::SSM::Parameter", Name="/key", Value=value)


@pytest.mark.parametrize("way", ["dynamic reference", "parameter of the stack"])
def test_it_is_followed_through_a_parameter_in_ssm(way: str) -> None:
    typed = {"Key": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/key"}}
    value = "{{resolve:ssm:/key}}" if way == "dynamic reference" else {"Ref": "Key"}

    def both(name: str) -> Side:
        return Side.of(
            [
                stack("keys", {"Stored": parameter(name)}),
                stack("data", {"Database": database(value)}, Parameters=typed),
            ]
        )

    plan = prove(both("one"), both("two"))

    assert verdicts(plan) == {"Stored": "in place", "Database": "replaces"}


def test_a_replaced_producer_behind_a_parameter_in_ssm_reaches_the_consumer() -> None:
    def both(name: str) -> Side:
        stored = resource("AWS::SSM::Parameter", Name="/key", Value={"Ref": "Key"})
        consumer = {"Database": database("{{resolve:ssm:/key:3}}")}
        return side(keys={"Key": key(name), "Stored": stored}, data=consumer)

    assert verdicts(prove(both("one"), both("two"))) == {
        "Key": "replaces",
        "Stored": "in place",
        "Database": "replaces",
    }


def test_a_chain_is_followed_to_its_end() -> None:
    def chain(name: str) -> dict[str, Any]:
        links = {
            f"Topic{number}": resource("AWS::SNS::Topic", TopicName={"Fn::Sub": f"${{Topic{number - 1}}}-x"})
            for number in range(1, 9)
        }
        return {"Topic0": key(name), **links, "Database": database({"Ref": "Topic8"})}

    plan = step(chain("one"), chain("two"))

    assert {change.verdict for change in plan.changes} == {Verdict.REPLACES}
    assert len(plan.changes) == 10


def test_a_value_that_only_may_change_only_may_replace() -> None:
    def template(path: str) -> dict[str, Any]:
        uncertain = resource("AWS::EC2::Instance", BlockDeviceMappings=[{"DeviceName": path}])
        return {"Key": uncertain, "Database": database({"Ref": "Key"})}

    plan = step(template("/dev/xvda"), template("/dev/xvdb"))

    assert verdicts(plan) == {"Key": "may replace", "Database": "may replace"}
    assert plan.outcome == ExitCode.MAY_LOSE_DATA


def test_a_change_in_place_reaches_nobody_but_through_the_value_that_changes() -> None:
    def template(display: str) -> dict[str, Any]:
        topic = resource("AWS::SNS::Topic", TopicName="one", DisplayName=display)
        return {"Key": topic, "Database": database({"Ref": "Key"})}

    assert verdicts(step(template("a"), template("b"))) == {"Key": "in place"}


def test_the_answer_of_a_custom_resource_may_change_with_its_question() -> None:
    def template(question: str) -> dict[str, Any]:
        asked = resource("Custom::Key", ServiceToken="arn:function", Question=question)
        return {"Key": asked, "Database": database({"Fn::GetAtt": ["Key", "Answer"]})}

    assert verdicts(step(template("a"), template("b"))) == {"Key": "in place", "Database": "may replace"}


@pytest.mark.parametrize("type_name", ["Custom::Key", "AWS::CloudFormation::CustomResource"])
def test_another_function_for_a_custom_resource_is_refused(type_name: str) -> None:
    def template(token: str) -> dict[str, Any]:
        return {"Key": resource(type_name, ServiceToken=token)}

    plan = step(template("arn:one"), template("arn:two"))

    assert plan.outcome == ExitCode.REFUSED
    assert "refuses another function" in plan.refusals[0].what


def test_an_unknown_type_may_be_replaced_by_anything() -> None:
    plan = step({"It": resource("Acme::Some::Thing", A=1)}, {"It": resource("Acme::Some::Thing", A=2)})

    assert verdicts(plan) == {"It": "may replace"}


def test_a_nested_stack_that_changes_may_lose_whatever_it_holds() -> None:
    def template(url: str) -> dict[str, Any]:
        return {"It": resource("AWS::CloudFormation::Stack", TemplateURL=url)}

    plan = step(template("https://one"), template("https://two"))

    assert verdicts(plan) == {"It": "may replace"}
    assert plan.outcome == ExitCode.MAY_LOSE_DATA


def test_a_condition_that_changes_may_take_the_resource_away() -> None:
    def template(value: str) -> Side:
        conditional = {**database("key"), "Condition": "Large"}
        return Side.of(
            [stack("data", {"It": conditional}, Conditions={"Large": {"Fn::Equals": [value, "a"]}})]
        )

    plan = prove(template("a"), template("b"))

    assert verdicts(plan) == {"It": "may replace"}
    assert plan.outcome == ExitCode.MAY_LOSE_DATA


def test_a_mapping_and_a_parameter_are_looked_into() -> None:
    def template(value: str, default: str) -> Side:
        resources = {
            "Mapped": database({"Fn::FindInMap": ["Keys", "here", "key"]}),
            "Given": database({"Ref": "Key"}),
        }
        return Side.of(
            [
                stack(
                    "data",
                    resources,
                    Mappings={"Keys": {"here": {"key": value}}},
                    Parameters={"Key": {"Type": "String", "Default": default}},
                )
            ]
        )

    assert verdicts(prove(template("a", "a"), template("b", "a"))) == {"Mapped": "replaces"}
    assert verdicts(prove(template("a", "a"), template("a", "b"))) == {"Given": "replaces"}


def test_a_replacement_that_keeps_its_fixed_name_is_refused() -> None:
    def template(description: str) -> dict[str, Any]:
        group = resource("AWS::RDS::DBParameterGroup", DBParameterGroupName="mine", Family=description)
        return {"Group": group}

    plan = step(template("postgres16"), template("postgres17"))

    assert verdicts(plan) == {"Group": "replaces"}
    assert "fixed name mine" in plan.refusals[0].what


def test_a_replacement_whose_name_changes_is_not_refused() -> None:
    assert step({"Key": key("one")}, {"Key": key("two")}).refusals == ()


def test_another_type_under_the_same_id_is_refused() -> None:
    plan: Plan = step({"It": key("one")}, {"It": resource("AWS::SQS::Queue")})

    assert "does not turn AWS::SNS::Topic into AWS::SQS::Queue" in plan.refusals[0].what


def test_a_nested_property_replaces_where_the_registry_says_so() -> None:
    """Only the name of a budget inside its ``Budget`` property is fixed."""

    def budget(**inside: Any) -> dict[str, Any]:
        return {
            "It": resource("AWS::CloudFront::KeyValueStore", Name=inside["name"], Comment=inside["comment"])
        }

    assert verdicts(step(budget(name="a", comment="x"), budget(name="a", comment="y"))) == {"It": "in place"}
