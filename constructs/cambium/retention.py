"""Days of log retention as CloudWatch Logs counts them."""

from aws_cdk import aws_logs as logs

_ALLOWED = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    2192: logs.RetentionDays.SIX_YEARS,
    2557: logs.RetentionDays.SEVEN_YEARS,
}


def retention(days: int) -> logs.RetentionDays:
    """The shortest period CloudWatch Logs offers that is at least ``days``.

    Raises:
        ValueError: more than seven years.
    """
    for allowed, value in _ALLOWED.items():
        if allowed >= days:
            return value
    raise ValueError(f"log retention must be at most 2557 days, got {days}")
