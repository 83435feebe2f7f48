"""ReptiDex passes every checker, by reasons that are about something that is found."""

import json

import pytest

from stacks.posture import STANDING_DECISIONS
from support.assembly import Assembly

Both = dict[str, Assembly]
Findings = set[tuple[str, str]]


def findings(assembly: Assembly) -> Findings:
    """Rule and construct path of everything that is found."""
    report = json.loads((assembly.folder / "validation-report.json").read_text())
    return {
        (one["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for one in plugin["violations"]
        for construct in one["violatingConstructs"]
    }


def accepted(assembly: Assembly) -> list[dict[str, str]]:
    """What would be accepted. This product has no HIPAA, so reasons for that pack are about nothing here."""
    every = json.loads((assembly.folder / "acknowledgements.json").read_text())
    return [one for one in every if not one["rule"].startswith("HIPAA.") and one["path"]]


def test_nothing_is_found_that_nobody_accepted(reptidex: Both) -> None:
    assert {name: findings(one) for name, one in reptidex.items()} == {"dev": set(), "production": set()}


@pytest.fixture(scope="module")
def bare(reptidex_dev_unaccepted: Assembly, reptidex_production_unaccepted: Assembly) -> list[Assembly]:
    """Both environments with nothing accepted."""
    return [reptidex_dev_unaccepted, reptidex_production_unaccepted]


def test_no_acknowledgement_is_stale(bare: list[Assembly]) -> None:
    found = {one for assembly in bare for one in findings(assembly)}
    stale = {
        f"{one['rule']} on {one['path']}"
        for assembly in bare
        for one in accepted(assembly)
        if one["rule"] not in STANDING_DECISIONS
        if not any(
            one["rule"] in (rule, f"CloudFormation-Validate::{rule}")
            and (path == one["path"] or path.startswith(f"{one['path']}/"))
            for rule, path in found
        )
    }

    assert stale == set()


def test_c5_what_dev_does_without_is_accepted_in_the_words_of_its_configuration(bare: list[Assembly]) -> None:
    dev, production = ({one["rule"]: one["reason"] for one in accepted(assembly)} for assembly in bare)
    opted_out = {"AwsSolutions-AEC3", "AwsSolutions-AEC6", "AwsSolutions-RDS3", "AwsSolutions-RDS10"}

    assert "the document's choice for development" in dev["AwsSolutions-AEC3"]
    assert "made anew from seeds" in dev["AwsSolutions-RDS10"]
    assert opted_out <= dev.keys()
    assert not opted_out & production.keys()


def test_c15_buckets_say_what_of_their_objects_is_recorded(bare: list[Assembly]) -> None:
    reasons = {
        one["reason"]
        for assembly in bare
        for one in accepted(assembly)
        if one["rule"] == "AwsSolutions-S1" and "-storage/" in one["path"]
    }

    assert reasons == {
        "writes and deletions of objects are recorded by the audit trail; reads would cost more than say"
    }
