"""How many tasks a service has: by CPU held at a target, by CPU in steps, or by what waits for each task."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from config.scaling import Scaling

FAR = 25
"""Percentage points above the bound from which two tasks are added at once."""


def scale(
    scope: Construct,
    service: ecs.FargateService,
    bounds: Scaling,
    *,
    running: cloudwatch.IMetric,
    waiting: Mapping[str, cloudwatch.IMetric],
) -> None:
    """Give ``service`` its bounds, and what moves it between them.

    Args:
        scope: Where policies and their alarms are put.
        service: The service.
        bounds: What its configuration says.
        running: Tasks that run.
        waiting: Messages that wait, by queue; those of ``bounds.queues`` count.
    """
    count = service.auto_scale_task_count(min_capacity=bounds.min, max_capacity=bounds.max)
    if bounds.queues:
        _by_backlog(scope, _target(count), bounds, running, [waiting[name] for name in bounds.queues])
    elif bounds.in_cpu_percent is not None:
        _by_steps(scope, service, _target(count), bounds, bounds.in_cpu_percent)
    else:
        count.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=bounds.cpu_percent,
            scale_out_cooldown=Duration.seconds(bounds.out_cooldown_seconds),
            scale_in_cooldown=Duration.seconds(bounds.in_cooldown_seconds),
        )


def _target(count: ecs.ScalableTaskCount) -> scaling.ScalableTarget:
    target = count.node.find_child("Target")
    assert isinstance(target, scaling.ScalableTarget)  # noqa: S101 - narrows jsii's type
    return target


def _by_steps(
    scope: Construct,
    service: ecs.FargateService,
    target: scaling.ScalableTarget,
    bounds: Scaling,
    in_cpu_percent: int,
) -> None:
    """Out above one bound, in below another: what lies between changes nothing, so it cannot swing.

    The CPU must have been beyond its bound for the whole cooldown, and a step is then left to work as long.
    """
    out = _action(scope, "ScaleOut", target, bounds.out_cooldown_seconds)
    out.add_adjustment(adjustment=1, lower_bound=0, upper_bound=FAR)
    out.add_adjustment(adjustment=2, lower_bound=FAR)
    _alarm(
        scope,
        "CpuHigh",
        service,
        threshold=bounds.cpu_percent,
        seconds=bounds.out_cooldown_seconds,
        comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    ).add_alarm_action(actions.ApplicationScalingAction(out))
    step_in = _action(scope, "ScaleIn", target, bounds.in_cooldown_seconds)
    step_in.add_adjustment(adjustment=-1, upper_bound=0)
    _alarm(
        scope,
        "CpuLow",
        service,
        threshold=in_cpu_percent,
        seconds=bounds.in_cooldown_seconds,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    ).add_alarm_action(actions.ApplicationScalingAction(step_in))


def _action(
    scope: Construct, construct_id: str, target: scaling.ScalableTarget, seconds: int
) -> scaling.StepScalingAction:
    return scaling.StepScalingAction(
        scope,
        construct_id,
        scaling_target=target,
        adjustment_type=scaling.AdjustmentType.CHANGE_IN_CAPACITY,
        cooldown=Duration.seconds(seconds),
        metric_aggregation_type=scaling.MetricAggregationType.AVERAGE,
    )


def _alarm(
    scope: Construct,
    construct_id: str,
    service: ecs.FargateService,
    *,
    threshold: int,
    seconds: int,
    comparison: cloudwatch.ComparisonOperator,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description="Moves the number of tasks; nobody has to do anything",
        metric=service.metric_cpu_utilization(period=Duration.minutes(1)),
        threshold=threshold,
        # ECS publishes once a minute.
        evaluation_periods=max(1, seconds // 60),
        comparison_operator=comparison,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def _by_backlog(
    scope: Construct,
    target: scaling.ScalableTarget,
    bounds: Scaling,
    running: cloudwatch.IMetric,
    waiting: list[cloudwatch.IMetric],
) -> None:
    """Holds what waits per running task, not what waits: two tasks take twice as much as one.

    A policy of CloudFormation's own kind, since the L2 tracks no expression.
    """
    names = [f"waiting{number}" for number in range(1, len(waiting) + 1)]
    queries = [_query(name, metric) for name, metric in zip(names, waiting, strict=True)]
    scaling.CfnScalingPolicy(
        scope,
        "Backlog",
        policy_name="backlog-per-task",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.scalable_target_id,
        target_tracking_scaling_policy_configuration={
            "targetValue": bounds.backlog_per_task,
            "scaleOutCooldown": bounds.out_cooldown_seconds,
            "scaleInCooldown": bounds.in_cooldown_seconds,
            "customizedMetricSpecification": {
                "metrics": [
                    *queries,
                    _query("running", running),
                    {
                        "id": "backlog",
                        "label": "Messages that wait for each running task",
                        # While none runs the whole backlog waits for the first.
                        "expression": f"({' + '.join(names)}) / IF(running < 1, 1, running)",
                        "returnData": True,
                    },
                ]
            },
        },
    )


def _query(name: str, metric: cloudwatch.IMetric) -> dict[str, object]:
    assert isinstance(metric, cloudwatch.Metric)  # noqa: S101 - narrows jsii's type
    return {
        "id": name,
        "metricStat": {
            "metric": {
                "namespace": metric.namespace,
                "metricName": metric.metric_name,
                "dimensions": [
                    {"name": key, "value": value} for key, value in (metric.dimensions or {}).items()
                ],
            },
            "stat": metric.statistic,
        },
        "returnData": False,
    }
