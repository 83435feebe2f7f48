"""What is watched besides alarms, for money: checks from outside, and what AWS measures of containers."""

from typing import Literal

from pydantic import Field

from config.values import Model, Name, OptOut


class OutsideChecks(Model):
    """Public host names are asked from outside, over TLS, whether their service is well.

    Route 53 asks from many countries. Four answers missing in a row are an alarm, so an outage is known after
    four intervals.
    """

    interval_seconds: Literal[10, 30] = 30
    """Asking every 10 seconds costs as much again as asking over TLS does."""
    services: tuple[Name, ...] = Field(default=(), max_length=50)
    """Only these are asked, such as the one whose answer depends on all others; each where it is empty."""


class NoOutsideChecks(OptOut):
    """Nothing is asked from outside: alarms on what the load balancer counts are what is left."""


class NoContainerInsights(OptOut):
    """Container Insights is off: ECS publishes CPU and memory of services, and nothing more."""


ContainerInsights = Literal["standard", "enhanced"] | NoContainerInsights
"""What CloudWatch measures of containers, by the metric: ``standard`` is some 17 a service, ``enhanced``
tells tasks and containers apart."""
