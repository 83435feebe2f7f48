"""What the front door of a single host, and the tests of a release, are given in a secret."""

from collections.abc import Mapping

FRONT_DOOR_SECRET = "front-door"  # noqa: S105 - the name of a secret
REGISTRY_SECRET = "registry"  # noqa: S105 - the name of a secret

FRONT_DOOR_KEYS: Mapping[str, str] = {
    "FRONT_DOOR_CERTIFICATE": "Cloudflare dashboard, SSL/TLS, Origin Server: the certificate, in PEM form",
    "FRONT_DOOR_KEY": "Cloudflare dashboard, SSL/TLS, Origin Server: the private key, in PEM form",
    "SMOKE_TEST_USER": "a user of the product who sees made-up records only",
    "SMOKE_TEST_PASSWORD": "the password of that user",
}
"""Key to where a person finds its value. ``runtime/host`` reads the same names."""

REGISTRY_KEYS: Mapping[str, str] = {
    "username": "the GitHub user the token belongs to",
    "password": "GitHub, Settings, Developer settings: a token that may read packages, and nothing else",
}
"""As ECS wants them; a host logs in with the same."""
