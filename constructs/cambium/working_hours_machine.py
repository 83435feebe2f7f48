"""One of the two state machines of working hours, and what it may do."""

import json
from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.arn import arn
from cambium.state_machine import define_state_machine
from cambium.wildcards import acknowledge_wildcards
from cambium.working_hours_holds import Holds
from cambium.working_hours_plan import Shard
from cambium.working_hours_steps import Part, machine
from cambium.working_hours_tasks import DIMENSION

TIMEOUT_MINUTES = 60
"""A database that takes longer to stop or start is looked after by a person."""


class WorkingHoursMachine(Construct):
    """Runs the parts it is given, and may do what they call: to the members of one shard, and no others.

    No code of ours runs: every step is a call of AWS by Step Functions itself.

    Attributes:
        state_machine: The state machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        parts: Sequence[Part],
        statements: Sequence[iam.PolicyStatement],
        what: str,
    ) -> None:
        super().__init__(scope, construct_id)
        # The CDK's own JSON leaves out what is null, which is how a step drops its answer.
        body = json.dumps({"Comment": what, "TimeoutSeconds": TIMEOUT_MINUTES * 60, **machine(*parts)})
        self.state_machine = define_state_machine(self, name=name, body=sfn.DefinitionBody.from_string(body))
        for statement in statements:
            self.state_machine.add_to_role_policy(statement)
        acknowledge_wildcards(
            self,
            {
                "*": "delivering logs and traces takes no resource, nor does looking at machines and targets",
                **{
                    resource: "what has an id of its own: the condition, or the name before it, narrows it"
                    for statement in statements
                    for resource in statement.resources
                    if str(resource).endswith("*") and resource != "*"
                },
            },
        )


def holds_statements(holds: Holds, other_name: str) -> list[iam.PolicyStatement]:
    """Read and write the two times, and stop runs of the other."""
    return [
        _allow(["ssm:GetParameter"], [arn("ssm", f"parameter/{holds.held_by}")]),
        _allow(["ssm:PutParameter"], [arn("ssm", f"parameter/{holds.holds}")]),
        _allow(["states:ListExecutions"], [holds.other]),
        _allow(["states:StopExecution"], [arn("states", f"execution:{other_name}:*")]),
    ]


def shard_statements(shard: Shard, *, verb: str, alarms: Sequence[str]) -> list[iam.PolicyStatement]:
    """What both do to a shard; ``verb`` is Start or Stop, and ``alarms`` what is done to its alarms."""
    return [
        _allow(
            ["ecs:DescribeServices", "ecs:UpdateService"],
            [arn("ecs", f"service/{shard.cluster}/{one.service}") for one in shard.services],
        ),
        *_bounds(shard),
        *_of_database(shard, verb),
        *_of_way_out(shard, verb),
        *(
            [
                _allow(
                    [f"cloudwatch:{one}" for one in alarms],
                    [arn("cloudwatch", f"alarm:{name}") for name in shard.alarms],
                )
            ]
            if shard.alarms
            else []
        ),
    ]


def look_at_targets() -> iam.PolicyStatement:
    """See which targets of load balancers are healthy."""
    return _allow(["elasticloadbalancing:DescribeTargetHealth"], ["*"])


def _bounds(shard: Shard) -> list[iam.PolicyStatement]:
    if not any(one.scaled for one in shard.services):
        return []
    tasks = {
        "application-autoscaling:service-namespace": "ecs",
        "application-autoscaling:scalable-dimension": DIMENSION,
    }
    targets = [arn("application-autoscaling", "scalable-target/*")]
    return [_allow(["application-autoscaling:RegisterScalableTarget"], targets, tasks)]


def _of_database(shard: Shard, verb: str) -> list[iam.PolicyStatement]:
    if shard.database is None:
        return []
    name = shard.database.api_name
    return [_allow([f"rds:Describe{name}s", f"rds:{verb}{name}"], [shard.database.arn])]


def _of_way_out(shard: Shard, verb: str) -> list[iam.PolicyStatement]:
    if shard.nat_instance is None:
        return []
    return [
        _allow([f"ec2:{verb}Instances"], [arn("ec2", f"instance/{shard.nat_instance}")]),
        _allow(["ec2:DescribeInstances"], ["*"]),
    ]


def _allow(
    actions: Sequence[str], resources: Sequence[str], equal: dict[str, str] | None = None
) -> iam.PolicyStatement:
    conditions = {"StringEquals": equal} if equal else None
    return iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
