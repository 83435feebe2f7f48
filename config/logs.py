"""What services write into their logs, where they write one JSON object a line."""

from typing import Annotated

from pydantic import Field

from config.values import Model, worded

LogKey = Annotated[str, worded(r"[A-Za-z_][A-Za-z0-9_]*", "a key of the JSON lines, such as correlationId")]


class JsonLogs(Model):
    """Lines of JSON with a level, and with the id that follows one request through every service.

    Errors among them are counted and somebody is told; a saved query finds every line of one id. Lines
    without an id, which nobody finds when their request fails, are counted for the dashboard.
    """

    level_key: LogKey = "level"
    error_levels: tuple[str, ...] = Field(default=("error", "fatal"), min_length=1)
    """Values of ``level_key`` that mean that something failed; as text, whatever writes them."""
    correlation_key: LogKey = "correlationId"
    alarm_errors_per_5_minutes: int = Field(default=10, ge=1)
    """Somebody is told when a service writes more than this."""
