"""Which PostgreSQL versions RDS and Aurora still create, as of 2026-10-20.

Source: the RDS release calendar
(https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html)
and the registry data in cfn-lint 1.58.0, which a test compares with this table.
"""

import re

FIRST_CREATABLE_MINOR = {
    "postgres": {11: 23, 12: 22, 13: 23, 14: 18, 15: 13, 16: 9, 17: 5},
    "aurora-postgresql": {11: 21, 12: 22, 13: 23, 14: 17, 15: 10, 16: 8, 17: 4},
}
"""By engine and major. Older majors can't be created; in newer ones nothing is withdrawn yet."""

AURORA_LONG_TERM_SUPPORT = frozenset({"11.9", "12.9", "13.9", "14.6"})


def is_withdrawn(engine: str, version: str) -> bool:
    """Whether new databases of this version are refused.

    A bare major ("17") stands for its newest minor, and builds with a suffix
    ("16.4-limitless", "12.22-rds.20250220") have lives of their own: neither is judged.
    """
    minors = FIRST_CREATABLE_MINOR.get(engine)
    parts = re.fullmatch(r"(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?", version)
    if minors is None or parts is None:
        return False
    if engine == "aurora-postgresql" and version in AURORA_LONG_TERM_SUPPORT:
        return False
    major, minor = int(parts[1]), int(parts[2])
    return major < min(minors) or minor < minors.get(major, 0)
