"""The known forms of webhook signatures."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

SIGNATURE: Final = "X-Vocatech-Signature"
TIMESTAMP: Final = "X-Vocatech-Timestamp"

Headers = dict[str, str]


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()


def _documented(secret: str, body: bytes, now: float) -> Headers:
    return {SIGNATURE: _digest(secret, body).hex(), TIMESTAMP: str(int(now))}


def _documented_prefixed(secret: str, body: bytes, now: float) -> Headers:
    value = f"sha256={_digest(secret, body).hex()}"
    return {SIGNATURE: value, TIMESTAMP: str(int(now * 1000))}


def _documented_upper(secret: str, body: bytes, now: float) -> Headers:
    moment = datetime.fromtimestamp(now, UTC).isoformat()
    return {SIGNATURE: _digest(secret, body).hex().upper(), TIMESTAMP: moment}


def _documented_base64(secret: str, body: bytes, now: float) -> Headers:
    value = base64.b64encode(_digest(secret, body)).decode()
    return {SIGNATURE: value, TIMESTAMP: str(int(now))}


def _observed(secret: str, body: bytes, now: float) -> Headers:
    moment = f"t={int(now)}"
    return {SIGNATURE: f"{moment},v1={_digest(secret, moment.encode() + b'.' + body).hex()}"}


FORMS: Final[Mapping[str, Callable[[str, bytes, float], Headers]]] = {
    "documented": _documented,
    "documented-prefixed": _documented_prefixed,
    "documented-upper": _documented_upper,
    "documented-base64": _documented_base64,
    "observed": _observed,
}


def sign(form: str, secret: str, body: bytes, now: float) -> Headers:
    """Return the headers that sign a body at a Unix time, in one of the `FORMS`."""
    return FORMS[form](secret, body, now)
