"""Laws that hold for any templates, tried on many that nobody would write."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ops.plan.prover import Plan, prove
from ops.plan.side import Side
from ops.plan.stamp import Stamp
from ops.plan.verdict import Verdict
from support.planted import resource, stack

IDS = ("A", "B", "C", "D", "E")
STACKS = ("one", "two")
TEXTS = st.sampled_from(("x", "y"))


@st.composite
def values(draw: st.DrawFn) -> Any:
    """A text, or a reference in one of the ways there are, also into the other stack."""
    name = draw(st.sampled_from(IDS))
    return draw(
        st.one_of(
            TEXTS,
            st.just({"Ref": name}),
            st.just({"Fn::Sub": f"${{{name}}}-z"}),
            st.just({"Fn::Join": ["-", ["z", {"Ref": name}]]}),
            st.just({"Fn::GetStackOutput": {"StackName": draw(st.sampled_from(STACKS)), "OutputName": name}}),
        )
    )


def resources() -> st.SearchStrategy[dict[str, Any]]:
    """One that holds data, one that is often replaced, one that a function answers for, one nobody knows."""
    keep = st.sampled_from(("Retain", "Snapshot", "Delete", None))
    database = st.builds(
        lambda keep, key, size: resource(
            "AWS::RDS::DBInstance", keep=keep, KmsKeyId=key, DBInstanceClass=size
        ),
        keep,
        values(),
        TEXTS,
    )
    topic = st.builds(
        lambda name, shown: resource("AWS::SNS::Topic", TopicName=name, DisplayName=shown), values(), values()
    )
    custom = st.builds(lambda asked: resource("Custom::It", ServiceToken="f", Asked=asked), values())
    unknown = st.builds(lambda value: resource("Acme::A::B", Value=value), values())
    return st.one_of(database, topic, custom, unknown)


def templates() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Both stacks, with whatever resources."""
    one = st.dictionaries(st.sampled_from(IDS), resources(), min_size=1)
    return st.fixed_dictionaries(dict.fromkeys(STACKS, one))


def side(described: Mapping[str, Mapping[str, Any]]) -> Side:
    """As a side, with an output for every id."""
    return Side.of(
        stack(name, dict(resources), Outputs={key: {"Value": {"Ref": key}} for key in resources})
        for name, resources in described.items()
    )


def summary(plan: Plan) -> list[tuple[str, str, Any]]:
    return [(str(one.address), one.verdict.words, one.causes) for one in plan.changes]


MANY = settings(max_examples=60)


@MANY
@given(templates())
def test_a_step_to_itself_is_empty(described: dict[str, Any]) -> None:
    plan = prove(side(described), side(described))

    assert (plan.changes, plan.losses, plan.refusals, plan.splits, plan.weakened) == ((), (), (), (), ())


@MANY
@given(templates(), templates())
def test_the_order_of_stacks_and_resources_means_nothing(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    def turned(described: dict[str, Any]) -> dict[str, Any]:
        return {name: dict(reversed(list(one.items()))) for name, one in reversed(list(described.items()))}

    straight, other = prove(side(before), side(after)), prove(side(turned(before)), side(turned(after)))

    assert summary(straight) == summary(other)
    assert straight.losses == other.losses
    assert straight.outcome == other.outcome


@MANY
@given(templates(), TEXTS, TEXTS)
def test_a_change_of_what_changes_in_place_loses_nothing(
    described: dict[str, Any], size: str, shown: str
) -> None:
    def changed(one: dict[str, Any]) -> dict[str, Any]:
        given = {"AWS::RDS::DBInstance": {"DBInstanceClass": size}, "AWS::SNS::Topic": {"DisplayName": shown}}
        return {**one, "Properties": {**one["Properties"], **given.get(one["Type"], {})}}

    after = {name: {key: changed(one) for key, one in stack.items()} for name, stack in described.items()}
    plan = prove(side(described), side(after))

    assert plan.losses == ()
    assert {one.verdict for one in plan.changes} <= {Verdict.IN_PLACE, Verdict.INTERRUPTS}


@MANY
@given(templates(), resources())
def test_what_comes_on_the_way_there_goes_on_the_way_back(described: dict[str, Any], new: Any) -> None:
    more = {**described, "one": {**described["one"], "New": new}}
    there, back = prove(side(described), side(more)), prove(side(more), side(described))

    (came,) = [one for one in there.changes if one.address.logical_id == "New"]
    (went,) = [one for one in back.changes if one.address.logical_id == "New"]
    assert came.verdict == Verdict.CREATES
    assert went.verdict in (Verdict.DELETES, Verdict.ORPHANS)
    assert there.losses == ()


@MANY
@given(templates(), templates(), st.sampled_from(STACKS), st.sampled_from(IDS))
def test_a_further_replacement_never_makes_anything_better(
    before: dict[str, Any], after: dict[str, Any], where: str, name: str
) -> None:
    if name not in before[where] or before[where][name]["Type"] != "AWS::SNS::Topic":
        return
    if after[where].get(name, {}).get("Type") != "AWS::SNS::Topic":
        return
    worse = {**after[where][name], "Properties": {**after[where][name]["Properties"], "TopicName": "another"}}
    less = prove(side(before), side(after))
    more = prove(side(before), side({**after, where: {**after[where], name: worse}}))

    # The one that was changed no longer follows what its name was made of; everybody else follows it.
    for address, change in less.resources.items():
        if address.logical_id != name:
            assert change.verdict <= more.resources[address].verdict


@MANY
@given(templates(), templates())
def test_what_is_stamped_is_classified_as_if_it_were_deployed(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    def stamped(described: dict[str, Any]) -> Side:
        whole = side(described)
        stamp = Stamp("eu", "enterprise", "machines", "tenant-", "1", {})
        of_tenant = {key: {**one.template, "Outputs": {}} for key, one in whole.stacks.items()}
        return Side.of(
            (), (replace(whole.stacks[key], template=of_tenant[key], stamp=stamp) for key in STACKS)
        )

    def plain(described: dict[str, Any]) -> list[Side]:
        return [Side.of([replace(one, stamp=None)]) for one in stamped(described).tenants.values()]

    whole = prove(stamped(before), stamped(after))
    apart = [prove(*both) for both in zip(plain(before), plain(after), strict=True)]

    assert summary(whole) == [line for plan in apart for line in summary(plan)]
    assert [(one.address, one.fate) for one in whole.losses] == [
        (one.address, one.fate) for plan in apart for one in plan.losses
    ]
