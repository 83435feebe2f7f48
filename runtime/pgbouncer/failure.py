"""An error that whoever deploys the container can act on."""


class SettingsError(ValueError):
    """What the container was told is wrong: field, value and what is allowed; never a secret."""


def must(field: str, allowed: str, value: object) -> SettingsError:
    """Return the error for a ``field`` whose ``value`` is not what is ``allowed``."""
    return SettingsError(f"{field} must be {allowed}, got {value!r}")
