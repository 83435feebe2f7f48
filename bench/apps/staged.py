"""Our app as it is compared, stopped after a stage or with fewer rule packs, so that differences show costs.

The last stage is the app as it is; ``CAMBIUM_BENCH_STAGE`` names the stage.
"""

import os
from typing import Any

from stacks.garbage import leave_garbage

STAGES = ("imports", "constructs", "synth", "built-in", "AwsSolutions", "HIPAA", "deploy rules")
"""Each does what the one before does, and more. CDK's own validation is switched by CDK_VALIDATION."""


def main(stage: str) -> None:
    """Run the app up to ``stage``."""
    reached = STAGES.index(stage)
    leave_garbage()  # as app.py does
    from bench.description import compared
    from config.catalog import load_system
    from stacks import app as ours
    from stacks import posture

    if stage == "imports":
        return
    vars(ours)["load_system"] = lambda name: compared(load_system(name))
    if stage != STAGES[-1]:
        _check_less(vars(ours), vars(posture), STAGES[: reached + 1])
    app = ours.app_from_context()
    if stage != "constructs":
        app.synth()


def _check_less(app_module: dict[str, Any], module: dict[str, Any], stages: tuple[str, ...]) -> None:
    """Replace the step that attaches the rule packs."""
    cdk, nag = module["cdk"], module["cdk_nag"]
    kinds = {"AwsSolutions": nag.AwsSolutionsChecks, "HIPAA": nag.HIPAASecurityChecks}

    def check(app: Any, *, hipaa: bool) -> None:
        packs = [kind(app, verbose=True) for stage, kind in kinds.items() if stage in stages]
        if packs:
            cdk.Validations.of(app).add_plugins(*packs)
        module["acknowledge"](app, module["STANDING_DECISIONS"])

    if "check" not in app_module:
        raise LookupError("stacks/app.py has no check any more: attach the packs here as it does now")
    app_module["check"] = check


if __name__ == "__main__":
    main(os.environ["CAMBIUM_BENCH_STAGE"])
