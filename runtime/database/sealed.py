"""Encrypts a stream of any length in constant memory; order, length and key are checked on the way back.

The format is that of Google Tink's streaming AEAD ``AES256_GCM_HKDF_1MB``, so any Tink opens a backup without
this program. Each stream has a key of its own (HKDF-SHA256 of the backup key and a random salt); each segment
is AES-256-GCM under a nonce that holds its number and whether it is the last: a segment that is missing,
doubled, moved or changed does not open, and neither does a stream that ends early.
"""

import os
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from database.failure import DamagedError

Read = Callable[[int], bytes]
"""Returns exactly so many bytes, and fewer only at the end."""

SEGMENT_BYTES = 1 << 20
_KEY_BYTES, _PREFIX_BYTES, _TAG_BYTES = 32, 7, 16
HEADER_BYTES = 1 + _KEY_BYTES + _PREFIX_BYTES


def seal(read: Read, key: bytes, context: bytes) -> Iterator[bytes]:
    """Encrypt what ``read`` returns; ``context`` must be the same on the way back."""
    salt, prefix = os.urandom(_KEY_BYTES), os.urandom(_PREFIX_BYTES)
    cipher = _cipher(key, salt, context)
    yield bytes([HEADER_BYTES]) + salt + prefix
    for number, segment, last in _segments(read, HEADER_BYTES + _TAG_BYTES, _TAG_BYTES):
        yield cipher.encrypt(_nonce(prefix, number, last), segment, None)


def unseal(read: Read, key: bytes, context: bytes) -> Iterator[bytes]:
    """Decrypt what ``read`` returns. The data is whole only once this has ended without an error.

    Raises:
        DamagedError: It was changed or cut, or the key or the context is another.
    """
    header = read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or header[0] != HEADER_BYTES:
        raise DamagedError("the object is not an encrypted backup, or is cut off in its first bytes")
    salt, prefix = header[1 : 1 + _KEY_BYTES], header[1 + _KEY_BYTES :]
    cipher = _cipher(key, salt, context)
    for number, segment, last in _segments(read, HEADER_BYTES, 0):
        try:
            yield cipher.decrypt(_nonce(prefix, number, last), segment, None)
        except InvalidTag:
            raise DamagedError(_why(number, last=last)) from None


def _segments(read: Read, less_in_first: int, less: int) -> Iterator[tuple[int, bytes, bool]]:
    """Cut into segments, one ahead, since the last is sealed differently; there is always at least one."""
    number, segment = 0, read(SEGMENT_BYTES - less_in_first)
    while following := read(SEGMENT_BYTES - less):
        yield number, segment, False
        number, segment = number + 1, following
    yield number, segment, True


def _cipher(key: bytes, salt: bytes, context: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=context).derive(key))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _why(number: int, *, last: bool) -> str:
    if number == 0:
        return "the backup does not open: another key, another backup under its name, or a changed object"
    end = ", or the object ends too early" if last else ""
    return f"the backup is damaged at segment {number} (megabyte {number + 1}){end}"
