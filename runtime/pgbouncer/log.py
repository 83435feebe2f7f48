"""One JSON object per line on standard output, for CloudWatch; PgBouncer's own lines are plain text."""

import json


def info(message: str, **details: object) -> None:
    """Log what happened."""
    write({"level": "INFO", "message": message, **details})


def error(message: str, **details: object) -> None:
    """Log what went wrong."""
    write({"level": "ERROR", "message": message, **details})


def write(record: dict[str, object]) -> None:
    """Write a record as it is."""
    print(json.dumps(record), flush=True)
