"""The backup key, and what is derived from it: never used twice for two purposes."""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from database.failure import must

_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class BackupKey:
    """256 bits that only the operator and Secrets Manager have."""

    secret: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> "BackupKey":
        """Read what ``openssl rand -hex 32`` prints.

        Raises:
            SettingsError: it is something else; without quoting it.
        """
        if not _HEX.fullmatch(text.strip()):
            raise must("BACKUP_ENCRYPTION_KEY", "64 hexadecimal digits (openssl rand -hex 32)")
        return cls(bytes.fromhex(text.strip()))

    @property
    def name(self) -> str:
        """Tells keys apart without telling anything about them."""
        return self._derive(b"cambium backup key name")[:8].hex()

    def seal(self, document: bytes) -> str:
        """Return what only somebody with the key can write under ``document``."""
        return hmac.new(self._derive(b"cambium backup manifest"), document, sha256).hexdigest()

    def _derive(self, purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(self.secret)
