"""Runs the deploy rules on every synth, as a validation plugin of CDK."""

import aws_cdk as cdk
import jsii

from cambium.deploy_rules import assembly
from cambium.deploy_rules.catalogue import RULES, check
from cambium.deploy_rules.rule import Finding, Rule

# CDK files an acknowledgement whose id has no prefix under "Annotation", and compares it with the
# rule's name. With the same prefix here, Acknowledgment(id="CB-RDS-01", ...) works as for cdk-nag,
# and CDK itself records the reason in the validation report.
ACKNOWLEDGEABLE = "Annotation::{}"


@jsii.implements(cdk.IPolicyValidationPlugin)
class DeployRules:
    """Fails synth on what AWS would reject at deploy, or what would bite afterwards.

    Attach it with ``cdk.Validations.of(app).add_plugins(DeployRules())``. It reads the templates
    of the whole app and changes nothing. Accept a finding, with a reason, on the construct or any
    of its parents:
    ``cdk.Validations.of(db).acknowledge(cdk.Acknowledgment(id="CB-RDS-01", reason="..."))``.
    """

    @property
    def name(self) -> str:
        """Name of the plugin in validation-report.json."""
        return "Cambium deploy rules"

    @property
    def version(self) -> str:
        """Version of the plugin, not of the app."""
        return "1.0.0"

    @property
    def rule_ids(self) -> list[str]:
        """Ids of all rules, for CDK's record of what was checked."""
        return list(RULES)

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Check the templates that were just synthesised."""
        templates = assembly.read(context.stack_templates)
        violations = [_violation(rule, found) for rule, found in check(templates)]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)


def _violation(rule: Rule, found: Finding) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=ACKNOWLEDGEABLE.format(rule.id),
        # Without a severity CDK counts the report as passed once any other finding is acknowledged.
        severity="error",
        description=f"{rule.id}: {rule.says} Found {found.found}.",
        fix=f"{rule.fix} See {rule.docs}",
        violating_resources=[
            cdk.PolicyViolatingResource(
                locations=[found.location],
                template_path=found.template.path,
                resource_logical_id=found.logical_id,
                construct_path=found.template.stack_path if found.logical_id is None else None,
            )
        ],
    )
