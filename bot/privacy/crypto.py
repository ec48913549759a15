"""Fields encrypted one by one, so that a copied file tells nothing. AES-256-GCM, monthly keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.privacy.keys import KeyId, Keys

_VERSION = b"\x01"
_ID = slice(1, 5)
_NONCE = slice(5, 17)
_SEALED = slice(17, None)
OVERHEAD = 33  # bytes that `seal` adds: version 1, key id 4, nonce 12, tag 16


class CipherError(Exception):
    """A blob does not open: damaged, another row's, or its key is gone. Never says what it held."""


class FieldCipher:
    """Seals with the month's key, opens with whichever key sealed. Holds no plain text.

    A nonce is 96 random bits: safe for 2**32 seals a month, a thousand times a campaign's need.
    """

    def __init__(
        self, keys: Keys, clock: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    ) -> None:
        self._keys = keys
        self._clock = clock

    @property
    def keys(self) -> Keys:
        """The keys that it seals with."""
        return self._keys

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypt. ``aad`` says where the blob belongs (the row's id); it is bound, not stored.

        Raises:
            KeyFault: If the month's key is missing and cannot be made.
        """
        key_id = self._keys.current(self._clock())
        key = self._keys.field_key(key_id)
        assert key is not None, "promised by Keys.current"
        head = _VERSION + bytes(key_id)
        nonce = secrets.token_bytes(12)
        return head + nonce + AESGCM(key).encrypt(nonce, plaintext, head + aad)

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Inverse of `seal`.

        Raises:
            CipherError: If the blob was changed, belongs to another row, or its key is gone.
        """
        key_id = sealed_with(blob)
        key = self._keys.field_key(key_id)
        if key is None:
            raise CipherError(f"no key {key_id.file}")
        try:
            return AESGCM(key).decrypt(blob[_NONCE], blob[_SEALED], blob[:5] + aad)
        except InvalidTag as exc:
            raise CipherError("the blob is damaged or belongs to another row") from exc


def sealed_with(blob: bytes) -> KeyId:
    """Return which key sealed a blob.

    Raises:
        CipherError: If it is no blob of ours.
    """
    if len(blob) < OVERHEAD or blob[:1] != _VERSION:
        raise CipherError("not a sealed blob")
    return KeyId.from_bytes(blob[_ID])
