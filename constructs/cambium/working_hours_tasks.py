"""Steps for the tasks of ECS services: to nothing, and back to what the configuration says."""

from dataclasses import dataclass
from typing import Any

from cambium.working_hours_steps import LOOK, Part, State, call, decide, each, look, wait

DIMENSION = "ecs:service:DesiredCount"


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """The tasks of one ECS service, as a deployment makes them."""

    service: str
    """Its physical name."""
    least: int
    """How many there are at least when it is awake."""
    most: int
    scaled: bool
    """Whether Application Auto Scaling decides how many there are."""

    def as_item(self, cluster: str) -> dict[str, Any]:
        """What the steps read."""
        return {
            "cluster": cluster,
            "service": self.service,
            "resource": f"service/{cluster}/{self.service}",
            "least": self.least,
            "most": self.most,
            "scaled": self.scaled,
        }


def put_to_sleep(groups: str) -> Part:
    """No task of these groups of services is left, one group after the other, and nothing starts one."""
    states = {
        "Does it scale?": _scaled("Let nothing scale it", "Ask for no task"),
        "Let nothing scale it": {**_bounds(0, 0), "Next": "Ask for no task"},
        "Ask for no task": {**_ask_for(0), "Next": "Count its tasks"},
        "Count its tasks": {**_count(), "Next": "Is any left?"},
        "Is any left?": decide(
            "Wait until they are gone",
            [{"And": [_equals("running", 0), _equals("pending", 0)], "Next": "Asleep"}],
        ),
        "Wait until they are gone": wait("Count its tasks"),
        "Asleep": {"Type": "Pass"},
    }
    return _in_order(groups, Part("Does it scale?", "Asleep", states))


def wake(groups: str) -> Part:
    """Each service has its least number of tasks, healthy where a load balancer asks, group after group."""
    states = {
        "Does it scale?": _scaled("Let it scale", "Count its tasks"),
        "Let it scale": {**_bounds("$.least", "$.most"), "Next": "Count its tasks"},
        "Count its tasks": {**_count(), "Next": "Are there enough?"},
        # Who has more tasks than the least was awake already, and keeps them.
        "Are there enough?": decide(
            "Who asks them?",
            [
                {**_fewer("desired"), "Next": "Ask for tasks"},
                {**_fewer("running"), "Next": "Wait for its tasks"},
            ],
        ),
        "Ask for tasks": {**_ask_for("$.least"), "Next": "Wait for its tasks"},
        "Wait for its tasks": wait("Count its tasks"),
        "Who asks them?": decide(
            "Awake",
            [
                {
                    "Variable": f"{LOOK}.balancers[0].TargetGroupArn",
                    "IsPresent": True,
                    "Next": "Count the healthy",
                }
            ],
        ),
        "Count the healthy": {**_count_healthy(), "Next": "Are enough healthy?"},
        "Are enough healthy?": decide("Awake", [{**_fewer("healthy"), "Next": "Wait for its tasks"}]),
        "Awake": {"Type": "Pass"},
    }
    return _in_order(groups, Part("Does it scale?", "Awake", states))


def _in_order(groups: str, part: Part) -> Part:
    # Names of states are unique in a whole machine, so the groups are one loop and not steps of their own.
    return each("Each group of services", groups, each("Each service", "$", part), at_once=1)


def _scaled(yes: str, no: str) -> State:
    return decide(no, [{"Variable": "$.scaled", "BooleanEquals": True, "Next": yes}])


def _equals(seen: str, number: int) -> State:
    return {"Variable": f"{LOOK}.{seen}", "NumericEquals": number}


def _fewer(seen: str) -> State:
    return {"Variable": f"{LOOK}.{seen}", "NumericLessThanPath": "$.least"}


def _count() -> State:
    first = "$.Services[0]"
    return look(
        "ecs:describeServices",
        {"Cluster.$": "$.cluster", "Services.$": "States.Array($.service)"},
        desired=f"{first}.DesiredCount",
        running=f"{first}.RunningCount",
        pending=f"{first}.PendingCount",
        balancers=f"{first}.LoadBalancers",
    )


def _count_healthy() -> State:
    # In JSONata, which can count: what JSONPath selects by a condition has no length.
    group = "$states.input.look.balancers[0].TargetGroupArn"
    healthy = "$count($states.result.TargetHealthDescriptions[TargetHealth.State = 'healthy'])"
    asked = call("elasticloadbalancingv2:describeTargetHealth", {})
    return {
        "QueryLanguage": "JSONata",
        **{key: asked[key] for key in ("Type", "Resource", "Retry")},
        "Arguments": {"TargetGroupArn": f"{{% {group} %}}"},
        "Output": f"{{% $merge([$states.input, {{'look': {{'healthy': {healthy}}}}}]) %}}",
    }


def _ask_for(tasks: int | str) -> State:
    service = {"Cluster.$": "$.cluster", "Service.$": "$.service"}
    return call("ecs:updateService", {**service, **_number("DesiredCount", tasks)})


def _bounds(least: int | str, most: int | str) -> State:
    target = {"ServiceNamespace": "ecs", "ScalableDimension": DIMENSION, "ResourceId.$": "$.resource"}
    return call(
        "applicationautoscaling:registerScalableTarget",
        {**target, **_number("MinCapacity", least), **_number("MaxCapacity", most)},
    )


def _number(name: str, value: int | str) -> State:
    return {f"{name}.$": value} if isinstance(value, str) else {name: value}
