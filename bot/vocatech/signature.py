"""Owns the proof that a webhook is Vocatech's: two forms of signature, one answer."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.errors import SignatureRefused

WINDOW_SECONDS = 300
_LONGEST_STAMP = 16
_DIGITS_OF_SECONDS = 11  # longer ones are milliseconds


def verify(headers: Mapping[str, str], body: bytes, *, secrets: Iterable[str], now: float) -> str:
    """Check the signature over the raw `body`; header names are lower-case, `now` unix seconds.

    Gives the form that the request carries: `documented` (the HMAC of the body, its time in a
    header of its own) or `observed` (`t=…,v1=…`, which signs the time too).
    Raises SignatureRefused: `missing`, `stale` or `forged`.
    """
    signature = headers.get("x-vocatech-signature", "").strip()
    if not signature:
        raise SignatureRefused("missing")
    if signature.startswith("t="):
        return _verify_observed(signature, body, secrets=secrets, now=now)
    return _verify_documented(headers, signature, body, secrets=secrets, now=now)


def _verify_documented(
    headers: Mapping[str, str], signature: str, body: bytes, *, secrets: Iterable[str], now: float
) -> str:
    stamp = headers.get("x-vocatech-timestamp", "").strip()
    if not stamp:
        raise SignatureRefused("missing")
    _check_age(stamp, now)
    given = _decode(signature)
    if not any(hmac.compare_digest(_digest(secret, body), given) for secret in secrets):
        raise SignatureRefused("forged")
    return "documented"


def _verify_observed(signature: str, body: bytes, *, secrets: Iterable[str], now: float) -> str:
    parts = dict(part.strip().partition("=")[::2] for part in signature.split(","))
    stamp = parts.get("t", "")
    _check_age(stamp, now)
    given = _decode(parts.get("v1", ""))
    # The literal "t=" is part of what is signed (observed on a live account).
    signed = b"t=" + stamp.encode() + b"." + body
    if not any(hmac.compare_digest(_digest(secret, signed), given) for secret in secrets):
        raise SignatureRefused("forged")
    return "observed"


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, "sha256")


def _decode(signature: str) -> bytes:
    """Read hex in either case, with or without `sha256=`, or base64 (the encodings are assumed)."""
    text = signature.removeprefix("sha256=")
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureRefused("forged") from None


def _check_age(stamp: str, now: float) -> None:
    if not abs(now - _read_time(stamp)) <= WINDOW_SECONDS:
        raise SignatureRefused("stale")


def _read_time(stamp: str) -> float:
    """Read unix seconds, milliseconds or ISO 8601 (all but seconds are assumed)."""
    try:
        if stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP:
            return int(stamp) / (1000 if len(stamp) > _DIGITS_OF_SECONDS else 1)
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        raise SignatureRefused("stale") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
