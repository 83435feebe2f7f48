"""How many instances of a service there are, and how each is asked whether it can serve."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.values import Model, Name, worded


class Scaling(Model):
    """How many instances, and when there are more."""

    min: int = Field(default=1, ge=0)
    max: int = Field(default=1, ge=1)
    concurrency: int = Field(default=100, ge=1, le=200)
    """App Runner: requests one instance handles before another is added."""
    cpu_percent: int = Field(default=70, ge=10, le=95)
    """Fargate: average CPU that target tracking holds, or above which tasks are added by steps."""
    in_cpu_percent: int | None = Field(default=None, ge=1, le=90)
    """Fargate: average CPU below which tasks go away, by steps; left out, target tracking holds the other."""
    out_cooldown_seconds: int = Field(default=60, ge=0)
    in_cooldown_seconds: int = Field(default=300, ge=0)
    rollout_percent: int = Field(default=200, ge=101, le=200)
    """Fargate: tasks alive while a release rolls out, in percent of those there should be."""
    queues: tuple[Name, ...] = ()
    """Scale on what waits in these queues together, instead of CPU."""
    backlog_per_task: int = Field(default=1000, ge=1)
    """Messages that may wait for each running task before there is another."""

    @property
    def most_tasks(self) -> int:
        """Tasks alive at worst: a release rolls out at the largest scale-out."""
        return self.max * self.rollout_percent // 100

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.max < self.min:
            raise ValueError(f"max must be at least min ({self.min}), got {self.max}")
        if self.in_cpu_percent is not None and self.in_cpu_percent >= self.cpu_percent:
            raise ValueError(
                f"in_cpu_percent must be below cpu_percent ({self.cpu_percent}), got {self.in_cpu_percent}"
            )
        if self.queues and self.in_cpu_percent is not None:
            raise ValueError(
                "in_cpu_percent must be left out where a service scales on queues "
                f"({', '.join(self.queues)}), got {self.in_cpu_percent}"
            )
        fewest = max(self.min, 1)
        if fewest * self.rollout_percent // 100 <= fewest:
            raise ValueError(
                f"rollout_percent must leave room for one more task than min ({self.min}), "
                f"got {self.rollout_percent}: no release could ever start"
            )
        return self


class HealthCheck(Model):
    """How a running container is asked whether it can serve."""

    path: Annotated[str, worded(r"/\S*", "a path, such as /health")] = "/health"
    interval_seconds: int = Field(default=10, ge=1, le=300)
    """App Runner: 20 at most. A load balancer: 5 at least."""
    timeout_seconds: int = Field(default=5, ge=1, le=120)
    """App Runner: 20 at most. A load balancer: 2 at least, and less than the interval."""
    healthy_threshold: int = Field(default=1, ge=1, le=20)
    """A load balancer: 2 to 10."""
    unhealthy_threshold: int = Field(default=5, ge=1, le=20)
    """A load balancer: 2 to 10."""
    command: tuple[str, ...] = ()
    """Asks inside the container too, such as ``("CMD-SHELL", "wget -q --spider http://127.0.0.1:6000/health")``.

    The program must be in the image, and ``localhost`` may be an IPv6 address nobody listens on.
    """
    grace_seconds: int = Field(default=60, ge=0)
    """Time to start: a failing check counts only afterwards."""
