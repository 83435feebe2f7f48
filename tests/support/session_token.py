"""Session tokens as an identity provider signs them, and as somebody forges them."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "https://clerk.x.example"


def encoded(value: bytes | dict[str, Any]) -> str:
    """Base64, as tokens have it."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Signs tokens with a key of its own."""

    def __init__(self, kid: str = "one") -> None:
        self.kid = kid
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def jwks(self) -> dict[str, Any]:
        """What it publishes."""
        numbers = self._key.public_key().public_numbers()
        n, e = (encoded(one.to_bytes((one.bit_length() + 7) // 8)) for one in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e}]}

    def token(self, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is valid for a minute, but for what is said otherwise."""
        now = int(time.time())
        payload = {"iss": ISSUER, "iat": now, "nbf": now, "exp": now + 60, **claims}
        text = f"{encoded(header or {'alg': 'RS256', 'kid': self.kid})}.{encoded(payload)}"
        return f"{text}.{encoded(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def of(self, organization: object) -> str:
        """The token of a session in ``organization``, as Clerk's second version has it."""
        return self.token(o={"id": organization, "rol": "admin"})
