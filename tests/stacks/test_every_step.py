"""The proof: each step that any system offers, up, back and from platform to platform, keeps its promise."""

import pytest

from config.catalog import load_system, system_names
from ops.assembly.target import Target
from ops.outcome import ExitCode
from ops.plan.prover import Plan, prove
from ops.plan.step import Step
from ops.plan.verdict import Verdict
from support.planted import real
from support.synths import Synths
from support.transitions import STEPS, name_of, words

UP = [step for step in STEPS if step.direction == "up"]
BACK = [step for step in STEPS if step.direction == "back"]
SWITCHES = [step for step in STEPS if step.direction == "platform"]
SHRINKS = "storage of a database never shrinks"


def plan_of(step: Step, synths: Synths) -> Plan:
    return prove(*(real(synths[name_of(target)]) for target in (step.before, step.after)))


def has_tenants(target: Target) -> bool:
    return target.resolve().tenants is not None


def test_stacks_of_tenants_are_in_every_proof_of_a_phase_that_has_them(synths: Synths) -> None:
    tenanted = [step for step in STEPS if has_tenants(step.before) and has_tenants(step.after)]
    plans = [plan_of(step, synths) for step in tenanted]

    assert {step.direction for step in tenanted} >= {"up", "platform"}
    for step, plan in zip(tenanted, plans, strict=True):
        regions = {region.key for region in step.before.resolve().regions}
        assert {stamp.region for stamp in plan.before.stamped.values()} == regions
        assert [one for one in plan.changes if one.verdict == Verdict.MOVES] == []
    changed = {
        step.direction for step, plan in zip(tenanted, plans, strict=True) if plan.deployed != plan.changes
    }
    # Another phase brings tenants nothing; another platform does.
    assert changed == {"platform"}


def test_every_phase_of_every_environment_is_reached_by_a_step() -> None:
    reached = {(step.after.system, step.after.environment, step.after.phase) for step in UP}
    wanted = {
        (name, environment.name, phase)
        for name in system_names()
        for environment in load_system(name).environments
        for phase in range(2, len(load_system(name).phases) + 1)
    }

    assert reached == wanted


@pytest.mark.parametrize("step", UP, ids=words)
def test_growing_loses_nothing_and_nothing_is_refused(synths: Synths, step: Step) -> None:
    plan = plan_of(step, synths)

    assert plan.outcome == ExitCode.OK, (plan.losses, plan.refusals)
    assert plan.weakened == ()
    assert plan.before.stacks.keys() <= plan.after.stacks.keys()


@pytest.mark.parametrize("step", SWITCHES, ids=words)
def test_another_platform_loses_nothing_and_nothing_is_refused(synths: Synths, step: Step) -> None:
    plan = plan_of(step, synths)

    assert plan.outcome == ExitCode.OK, (plan.losses, plan.refusals)


@pytest.mark.parametrize("step", BACK, ids=words)
def test_going_back_a_phase_keeps_the_data_and_is_refused_for_storage_only(
    synths: Synths, step: Step
) -> None:
    plan = plan_of(step, synths)

    assert plan.losses == ()
    assert [refusal.what for refusal in plan.refusals if SHRINKS not in refusal.what] == []
    assert step.kept(plan)


def test_both_platforms_of_one_product_are_steps() -> None:
    assert {(step.before.resolve().platform, step.after.resolve().platform) for step in SWITCHES} >= {
        ("app-runner", "fargate"),
        ("fargate", "app-runner"),
    }
