"""RestartiX in phase 4: what its document says of two regions, and what phase 3 built stays as it is."""

from typing import Any

import pytest

from ops.assembly import manifest
from ops.plan.prover import prove
from support.assembly import Assembly
from support.planted import real

Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def everywhere(phase_four: Assembly) -> Templates:
    """Every template by stack name."""
    return {stack.name: dict(stack.template) for stack in manifest.read(phase_four.folder).stacks}


def test_a18_europe_has_three_shards_and_america_five_in_a_network_each(phase_four: Assembly) -> None:
    places = {stack.name: stack.place.region for stack in manifest.read(phase_four.folder).stacks}
    data = sorted(name for name in places if name.endswith("-data"))

    assert data == [
        *(f"restartix-production-eu-{number}-data" for number in (1, 2, 3)),
        *(f"restartix-production-us-{number}-data" for number in (1, 2, 3, 4, 5)),
    ]
    assert places["restartix-production-eu-network"] == "eu-central-1"
    assert places["restartix-production-us-network"] == "us-east-1"
    assert places["restartix-production-us-recovery"] == "us-west-2"


def test_a18_what_phase_three_built_stays_where_it_is(phase_three: Assembly, phase_four: Assembly) -> None:
    kept = frozenset(stack.name for stack in manifest.read(phase_three.folder).stacks)
    plan = prove(real(phase_three), real(phase_four))

    assert kept <= {stack.name for stack in manifest.read(phase_four.folder).stacks}
    assert (plan.losses, plan.refusals) == ((), ())


def test_a18_the_next_region_is_one_more_copy_of_the_table(
    phase_three: Assembly, phase_four: Assembly
) -> None:
    before, after = (
        {copy["Region"] for copy in one.the("AWS::DynamoDB::GlobalTable", "routing")["Replicas"]}
        for one in (phase_three, phase_four)
    )

    assert after - before == {"us-east-1"}
    assert before <= after


def test_a18_each_region_reads_its_own_copy_of_the_table(everywhere: Templates) -> None:
    for name in ("restartix-production-eu-lookup", "restartix-production-us-lookup"):
        policies = [
            one for one in everywhere[name]["Resources"].values() if one["Type"] == "AWS::IAM::Policy"
        ]
        (statement,) = [
            statement
            for policy in policies
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]
        assert {"Ref": "AWS::Region"} in statement["Resource"]["Fn::Join"][1]
