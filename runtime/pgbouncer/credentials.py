"""Who may log in, from ``POOL_CREDENTIALS``: what roles prove themselves with, and the console's users.

Roles come as the verifiers the database has itself, so no password of a role is ever in here. The two
users of the console exist nowhere else; their passwords become verifiers before they are written down.
"""

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import scramp

from pgbouncer import fields as read
from pgbouncer.failure import SettingsError
from pgbouncer.logins import role_of

_VERIFIER = re.compile(r"SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+")
_ITERATIONS = 4096
"""PostgreSQL's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user of the console."""

    username: str
    password: str = field(repr=False)

    def verifier(self) -> str:
        """Return what a login is checked against, with a salt of its own."""
        salt, stored, server, iterations = scramp.ScramMechanism().make_auth_info(
            self.password, iteration_count=_ITERATIONS, salt=os.urandom(16)
        )
        return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored)}:{_text(server)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Everyone who may log in."""

    users: Mapping[str, str] = field(repr=False)
    """Verifier of each role; of two logins while a role changes from one to the other."""

    admin: Login
    """May RECONNECT, PAUSE and so on."""

    stats: Login
    """May only look."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, roles: Iterable[str]) -> "Credentials":
        """Return the credentials of exactly these roles, each with one login or two.

        Raises:
            SettingsError: Names the field, and never quotes it.
        """
        fields = read.document(environ, "POOL_CREDENTIALS")
        users = _verifiers(read.mapping(fields, "users"))
        wanted = sorted(roles)
        if sorted({role_of(login, wanted) for login in users}) != wanted:
            raise SettingsError(
                f"users in POOL_CREDENTIALS must be those of pool_sizes ({', '.join(wanted)}), "
                f"got {', '.join(sorted(users))}"
            )
        found = cls(users=users, admin=_login(fields, "admin"), stats=_login(fields, "stats"))
        if len({found.admin.username, found.stats.username, *users}) != len(users) + 2:
            raise SettingsError("admin, stats and users in POOL_CREDENTIALS must all have different names")
        return found


def _verifiers(entries: read.Fields) -> Mapping[str, str]:
    for name, value in entries.items():
        if not isinstance(value, str) or not _VERIFIER.fullmatch(value):
            raise SettingsError(f"users.{name} in POOL_CREDENTIALS must be a SCRAM-SHA-256 verifier")
    return {read.role("users", name): str(value) for name, value in entries.items()}


def _login(fields: read.Fields, name: str) -> Login:
    entry = read.mapping(fields, name)
    password = entry.get("password")
    if not isinstance(password, str) or not password:
        raise SettingsError(f"{name}.password in POOL_CREDENTIALS must be a non-empty string")
    return Login(username=read.role(f"{name}.username", entry.get("username")), password=password)


def _text(value: bytes) -> str:
    return b64encode(value).decode()
