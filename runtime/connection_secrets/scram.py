"""SCRAM-SHA-256 verifiers: what PostgreSQL stores, so the password itself never reaches its logs."""

import hashlib
from base64 import b64encode

import scramp

from connection_secrets.failure import ActionableError
from connection_secrets.secret_store import Secret

ITERATIONS = 4096
"""PostgreSQL's own default (``scram_iterations``)."""


def verifier(secret: Secret) -> str:
    """Return the verifier of the secret's ``password``.

    The salt follows from the version of the secret: as unpredictable as a random one (a version id
    is a random UUID), different after each rotation, and the same when nothing has changed. So a
    second run changes nothing, and a pooler that is given verifiers can compute the same one.
    """
    salt = hashlib.sha256(f"{secret.arn} {secret.version_id}".encode()).digest()[:16]
    try:
        salt, stored_key, server_key, iterations = scramp.ScramMechanism().make_auth_info(
            secret.text("password"), iteration_count=ITERATIONS, salt=salt
        )
    except scramp.ScramException:
        raise ActionableError(f"the password in secret {secret.arn} has characters SCRAM forbids") from None
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def _text(value: bytes) -> str:
    return b64encode(value).decode()
