"""Rules for what synthesises and then fails on AWS, checked on every synth."""

from cambium.deploy_rules.app_runner import ACKNOWLEDGED as APP_RUNNER_ACKNOWLEDGED
from cambium.deploy_rules.plugin import DeployRules
from cambium.deploy_rules.stages import refuse_stages

__all__ = ["APP_RUNNER_ACKNOWLEDGED", "DeployRules", "refuse_stages"]
