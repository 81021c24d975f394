"""Webhook signatures: both formats are accepted and everything else is rejected."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SignatureRefused
from bot.vocatech.signature import verify

pytestmark = pytest.mark.calendar

NOW = 1_790_000_000.0
BODY = b'{"id": "evt_1"}'
SECRET = "s3cret"


def mac(signed, secret=SECRET):
    return hmac.new(secret.encode(), signed, hashlib.sha256)


def documented(signature=None, stamp=str(int(NOW))):
    given_signature = mac(BODY).hexdigest() if signature is None else signature
    return {"x-vocatech-signature": given_signature, "x-vocatech-timestamp": stamp}


def observed(stamp=int(NOW), secret=SECRET):
    signed = f"t={stamp}.".encode() + BODY
    return {"x-vocatech-signature": f"t={stamp},v1={mac(signed, secret).hexdigest()}"}


def check(headers, *, secrets=("other", SECRET), body=BODY, now=NOW):
    return verify(headers, body, secrets=secrets, now=now)


@pytest.mark.parametrize(
    "signature",
    [
        mac(BODY).hexdigest(),
        mac(BODY).hexdigest().upper(),
        "sha256=" + mac(BODY).hexdigest(),
        base64.b64encode(mac(BODY).digest()).decode(),
    ],
)
@pytest.mark.parametrize(
    "stamp", ["1790000000", "1790000000000", "2026-09-21T14:13:20Z", "2026-09-21T16:13:20+02:00"]
)
def test_the_documented_format_is_accepted_in_every_encoding(signature, stamp):
    assert check(documented(signature, stamp)) == "documented"


def test_the_observed_format_is_accepted():
    assert check(observed()) == "observed"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "missing"),
        ({"x-vocatech-signature": ""}, "missing"),
        ({"x-vocatech-signature": mac(BODY).hexdigest()}, "missing"),
        (documented("0" * 64), "forged"),
        (documented("not hex, not base64 é"), "forged"),
        (documented(stamp=str(int(NOW) - 301)), "stale"),
        (documented(stamp=str(int(NOW) + 301)), "stale"),
        (documented(stamp="yesterday"), "stale"),
        (documented(stamp="9" * 400), "stale"),
        (documented(stamp="nan"), "stale"),
        (observed(int(NOW) - 301), "stale"),
        (observed(secret="wrong"), "forged"),
        ({"x-vocatech-signature": "t=,v1="}, "stale"),
        ({"x-vocatech-signature": f"t={int(NOW)}"}, "forged"),
    ],
)
def test_an_invalid_signature_is_rejected_with_its_reason(headers, reason):
    with pytest.raises(SignatureRefused, match=reason):
        check(headers)


def test_a_changed_body_is_rejected():
    with pytest.raises(SignatureRefused, match="forged"):
        check(documented(), body=BODY + b" ")


def test_without_a_secret_everything_is_rejected():
    with pytest.raises(SignatureRefused):
        check(documented(), secrets=())


def test_a_time_exactly_five_minutes_old_is_accepted():
    assert check(observed(int(NOW) - 300)) == "observed"


@given(
    st.dictionaries(
        st.sampled_from(["x-vocatech-signature", "x-vocatech-timestamp"]), st.text(max_size=80)
    )
)
def test_any_headers_are_rejected_without_a_crash(headers):
    with pytest.raises(SignatureRefused):
        check(headers)
