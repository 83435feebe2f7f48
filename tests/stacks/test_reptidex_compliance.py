"""ReptiDex passes every checker by reasons that are in its configuration."""

import pytest

from support import findings
from support.assembly import Assembly

Both = dict[str, Assembly]
Reasons = list[dict[str, str]]


@pytest.fixture(scope="module")
def accepted(reptidex: Both) -> dict[str, Reasons]:
    """What each environment accepts beside the decisions that stand for every product."""
    return {
        name: [one for one in findings.accepted(assembly) if one["path"]]
        for name, assembly in reptidex.items()
    }


def test_c5_what_dev_does_without_is_accepted_in_the_words_of_its_configuration(
    accepted: dict[str, Reasons],
) -> None:
    dev, production = (
        {one["rule"]: one["reason"] for one in accepted[name]} for name in ("dev", "production")
    )
    opted_out = {"AwsSolutions-AEC3", "AwsSolutions-AEC6", "AwsSolutions-RDS3", "AwsSolutions-RDS10"}

    assert "the document's choice for development" in dev["AwsSolutions-AEC3"]
    assert "made anew from seeds" in dev["AwsSolutions-RDS10"]
    assert opted_out <= dev.keys()
    assert not opted_out & production.keys()


def test_c15_buckets_say_what_of_their_objects_is_recorded(accepted: dict[str, Reasons]) -> None:
    reasons = {
        one["reason"]
        for reasons in accepted.values()
        for one in reasons
        if one["rule"] == "AwsSolutions-S1" and "-storage/" in one["path"]
    }

    assert reasons == {
        "writes and deletions of objects are recorded by the audit trail; reads would cost more than say"
    }
