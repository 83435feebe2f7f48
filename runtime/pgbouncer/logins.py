"""A role may have a second login, with which it takes turns when passwords are rotated."""

from collections.abc import Collection

ALTERNATE = "_alternate"
"""Ends the name of a role's second login; ``connection_secrets.alternates`` says the same."""


def role_of(login: str, roles: Collection[str]) -> str:
    """Return the role that somebody logs in for; a name of no role is answered as it is."""
    role = login.removesuffix(ALTERNATE)
    return role if login not in roles and role in roles else login
