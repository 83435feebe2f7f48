"""Why an organization is not served, with what an HTTP answer says of it."""

from typing import ClassVar


class RefusalError(Exception):
    """Nobody is served. What it says may be shown to anybody."""

    status: ClassVar[int]
    retry_after_seconds: ClassVar[int | None] = None


class UnknownOrganizationError(RefusalError):
    """There is no such organization, or soon none any more."""

    status = 404


class SuspendedError(RefusalError):
    """Somebody has suspended it."""

    status = 403


class NotReadyError(RefusalError):
    """It is being set up or moved: try again."""

    status = 503
    retry_after_seconds = 30


class ElsewhereError(RefusalError):
    """It lives in another region or shard: whoever led the request here must ask again where."""

    status = 421


class LookupUnavailableError(RefusalError):
    """Nobody can say where it lives, and what was known is too old to be used."""

    status = 503
    retry_after_seconds = 10


BY_STATE: dict[str, type[RefusalError] | None] = {
    "active": None,
    "suspended": SuspendedError,
    "provisioning": NotReadyError,
    "moving": NotReadyError,
    "deleting": UnknownOrganizationError,
}
