"""The two logins of a role that take turns: one in use, one whose password may be changed.

The second is a member of the first and becomes it as it logs in (``ALTER ROLE … SET role``), so
``current_user``, grants, ownership of new objects and row-level security are those of the first. It
inherits its rights too, for whoever says ``SET ROLE NONE``: ``current_user`` is then the login itself.
"""

from connection_secrets.failure import ActionableError
from connection_secrets.secret_store import Secret

SUFFIX = "_alternate"


def logins(role: str) -> tuple[str, str]:
    """Return both logins of a role."""
    return role, role + SUFFIX


def other(role: str, login: str) -> str:
    """Return the login whose turn is next."""
    first, second = logins(role)
    return second if login == first else first


def login_of(role: str, secret: Secret) -> str:
    """Return which of the two a version of the role's secret is for."""
    login = secret.values.get("username", role)
    if login not in logins(role):
        raise ActionableError(f"secret {secret.arn} must have the username {role!r} or none")
    return str(login)
