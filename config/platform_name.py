"""What can run the containers."""

from typing import Literal

Platform = Literal["fargate", "app-runner", "host"]
