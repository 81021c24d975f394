"""Signatures and secrets, as Standard Webhooks prescribes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from bot.models.integrations.outgoing_webhooks import SECRET_PREFIX

SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new signing secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def make_delivery_id() -> str:
    """Return an ID for a delivery that isn't queued."""
    return f"msg_{secrets.token_hex(16)}"


def sign(delivery_id: str, timestamp: int, body: bytes, secrets_: Sequence[str]) -> dict[str, str]:
    """Return the headers of a request; receivers accept a signature with any of the secrets.

    `timestamp` is when this attempt is made, in unix seconds.
    """
    content = f"{delivery_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(one, content)}" for one in secrets_),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
