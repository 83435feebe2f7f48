"""A17: changes of every day in the template of tenants are not cried about."""

import json

import pytest

from ops.outcome import ExitCode
from ops.plan.runbook import runbook
from ops.plan.verdict import Verdict
from support.assembly import Assembly
from support.planted import Templates
from support.planted_tenants import SUBJECT, TITLE, Plant, after, another_threshold, database, given, sizes_of


def another_tag(templates: Templates) -> None:
    database(templates)["Tags"].append({"Key": "owner", "Value": "us"})


def another_default_of_the_image(templates: Templates) -> None:
    templates[TITLE]["Parameters"]["Image"] |= {"Default": "3f2c1ab", "Description": "another"}


def another_image_of_the_jobs(templates: Templates) -> None:
    given(templates, '\\", \\"JobsImage\\": \\"', '\\", \\"JobsImage\\": \\"other')


def a_parameter_of_another_name(templates: Templates) -> None:
    """What it is given stays the same."""
    text = json.dumps(templates[TITLE]).replace('"DatabaseSubnets"', '"Subnets"')
    templates[TITLE] = json.loads(text)
    given(templates, '\\"DatabaseSubnets\\"', '\\"Subnets\\"')


def one_more_size(templates: Templates) -> None:
    parameter, sizes = sizes_of(templates)
    parameter["AllowedValues"].append("huge")
    sizes["huge"] = {**sizes["large"], "InstanceClass": "db.r6g.4xlarge"}


@pytest.mark.parametrize(
    ("plant", "verdicts"),
    [
        (another_tag, {Verdict.IN_PLACE}),
        (another_threshold, {Verdict.IN_PLACE}),
        (another_default_of_the_image, set()),
        (another_image_of_the_jobs, {Verdict.REPLACES}),
        (a_parameter_of_another_name, set()),
        (one_more_size, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_changes_of_every_day_lose_refuse_and_weaken_nothing(
    tenanted: Assembly, plant: Plant, verdicts: set[Verdict]
) -> None:
    plan = after(tenanted, plant)

    assert plan.outcome == ExitCode.OK, (plan.losses, plan.refusals)
    assert (plan.refusals, plan.splits, plan.weakened) == ((), (), ())
    assert {one.verdict for one in plan.changes_of(TITLE)} == verdicts


def test_a_size_that_is_another_machine_interrupts_those_who_have_it(tenanted: Assembly) -> None:
    def plant(templates: Templates) -> None:
        sizes_of(templates)[1]["large"]["InstanceClass"] = "db.r6g.4xlarge"

    plan = after(tenanted, plant)
    verdicts = {one.resource.path: one.verdict for one in plan.changes_of(TITLE)}

    assert verdicts == {"Database/Instance": Verdict.INTERRUPTS}
    (wave,) = runbook(plan, SUBJECT).waves
    assert "connections break" in " ".join(line.text for line in wave.watch)
