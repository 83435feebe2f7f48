"""What can go wrong, and the exit code that says whether to try again. No message ever quotes a secret."""


class JobError(Exception):
    """It failed; nothing is left half done, and it may be tried again."""

    code = 1


class SettingsError(JobError):
    """It was told something wrong: trying again changes nothing."""

    code = 2


class DamagedError(JobError):
    """The backup is incomplete, was changed, or belongs to another key."""

    code = 3


class DifferenceError(JobError):
    """A database does not hold what the manifest says."""

    code = 4


def must(field: str, allowed: str, value: object = None) -> SettingsError:
    """Return the error for a ``field`` that is not what is ``allowed``; leave ``value`` out of secrets."""
    got = "" if value is None else f", got {value!r}"
    return SettingsError(f"{field} must be {allowed}{got}")
