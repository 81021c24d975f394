"""Verification of webhook signatures, in two formats."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.errors import SignatureRefused

WINDOW_SECONDS = 300
_LONGEST_STAMP = 16
_DIGITS_OF_SECONDS = 11  # longer ones are milliseconds
# During a rotation of secrets there are two; more are not worth an HMAC each.
_MOST_SIGNATURES = 8


def verify(headers: Mapping[str, str], body: bytes, *, secrets: Iterable[str], now: float) -> str:
    """Verify the signature of the raw `body`; header names are lowercase, `now` is unix seconds.

    Returns the format of the signature: `documented` (HMAC of the body, with the time in another
    header) or `observed` (`t=…,v1=…`, which signs the time, too). Raises SignatureRefused with
    `missing`, `stale`, or `forged`.
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
    parts = [part.strip().partition("=")[::2] for part in signature.split(",")]
    stamp = next((value for name, value in parts if name == "t"), "")
    _check_age(stamp, now)
    # While a secret is rotated, a sender signs with the old and the new one, in any order.
    given = [_decode(value) for name, value in parts if name == "v1"][:_MOST_SIGNATURES]
    # The literal "t=" is part of what is signed (observed on a live account).
    signed = b"t=" + stamp.encode() + b"." + body
    expected = [_digest(secret, signed) for secret in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given):
        raise SignatureRefused("forged")
    return "observed"


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, "sha256")


def _decode(signature: str) -> bytes:
    """Decode hex in either case, with or without `sha256=`, or base64 (assumed); b"" if neither."""
    text = signature.removeprefix("sha256=")
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _check_age(stamp: str, now: float) -> None:
    if not abs(now - _read_time(stamp)) <= WINDOW_SECONDS:
        raise SignatureRefused("stale")


def _read_time(stamp: str) -> float:
    """Parse unix seconds, milliseconds, or ISO 8601 (all but seconds are assumed)."""
    try:
        if stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP:
            return int(stamp) / (1000 if len(stamp) > _DIGITS_OF_SECONDS else 1)
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        raise SignatureRefused("stale") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
