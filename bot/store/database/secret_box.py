"""Encryption of the secrets that the app stores, with a key from the settings."""

import base64
import hashlib

SEALED = "sealed:"


class SecretBox:
    """Fernet (AES-128-CBC with HMAC-SHA256) under a key; without a key, secrets stay in clear.

    Any long random text is a key: Fernet's own is the SHA-256 of it.
    """

    def __init__(self, key: str | None = None) -> None:
        self._fernet = None
        if key is not None:
            # Loading it takes 50 ms, and without a key it isn't needed.
            from cryptography.fernet import Fernet  # noqa: PLC0415

            self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def seal(self, secret: str) -> str:
        """Return a secret as it is stored."""
        if self._fernet is None or secret.startswith(SEALED):
            return secret
        return SEALED + self._fernet.encrypt(secret.encode()).decode()

    def unseal(self, stored: str) -> str | None:
        """Return a stored secret in clear text; None if it was sealed with another key."""
        if not stored.startswith(SEALED):
            return stored
        if self._fernet is None:
            return None
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            return self._fernet.decrypt(stored.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            return None
