"""Owns what the checkup says of webhooks: their secrets, the last one, and the subscription."""

from collections.abc import Sequence

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, count
from bot.store import Store
from bot.sync.subscription import PATH, is_same_address
from bot.ui.formatting import span
from bot.vocatech.events import EVENT_KINDS
from bot.vocatech.shapes import Subscription

SECRETS, LAST = "webhooks.secrets", "webhooks.last"
SUBSCRIPTION, EVENTS = "webhooks.subscription", "webhooks.events"
_START = "Start the bot (vocatech-slack run): with PUBLIC_URL set it subscribes by itself."
_FORMS = {
    "documented": "a header for the time",
    "observed": "the time inside the signature, t=…,v1=…",
}


def check_webhooks(
    settings: Settings,
    store: Store,
    *,
    subscriptions: Sequence[Subscription] | None,
    now: float,
) -> list[CheckResult]:
    """Judge how Vocatech tells of events; `subscriptions` are None where they are not known."""
    last = store.calls.last_webhook()
    return [
        _secrets(settings, len(store.subscriptions.all())),
        _last_one(last, now, are_wanted=settings.has_webhooks),
        *_subscribed(settings, subscriptions),
    ]


def _secrets(settings: Settings, kept: int) -> CheckResult:
    given = len(settings.vocatech_webhook_secrets)
    facts = {"given": given, "kept": kept}
    if given or kept:
        by_bot = f"{kept} kept by the bot" if kept else ""
        by_hand = f"{given} from VOCATECH_WEBHOOK_SECRETS" if given else ""
        found = ", ".join(word for word in (by_bot, by_hand) if word)
        return CheckResult(SECRETS, "Secrets", found, facts=facts)
    if settings.public_url is None:
        return CheckResult(SECRETS, "Secrets", "none, and none is needed for polling", facts=facts)
    remedy = f"No signing secret is known, so no webhook is believed. {_START}"
    return CheckResult(SECRETS, "Secrets", "none yet", Verdict.WARNING, remedy, facts)


def _last_one(last: tuple[float, str] | None, now: float, *, are_wanted: bool) -> CheckResult:
    if last is not None:
        at, form = last
        found = f"{span(max(0, round(now - at)))} ago, signed as {form} ({_FORMS.get(form, '?')})"
        facts = {"seconds_ago": round(now - at), "form": form}
        return CheckResult(LAST, "Last webhook", found, facts=facts)
    if not are_wanted:
        return CheckResult(LAST, "Last webhook", "none, and none is expected")
    remedy = (
        "No webhook has come yet. Make a call, and look again; if none comes, check that the"
        f" bot's address ending in {PATH} can be reached from outside over HTTPS. Until then calls"
        " are found by polling."
    )
    return CheckResult(LAST, "Last webhook", "none yet", Verdict.WARNING, remedy)


def _subscribed(
    settings: Settings, subscriptions: Sequence[Subscription] | None
) -> list[CheckResult]:
    if subscriptions is None:
        words = "Vocatech did not tell"
        return [CheckResult(SUBSCRIPTION, "Subscription", words, Verdict.UNTRIED)]
    facts = {"subscriptions": len(subscriptions)}
    there_are = f"{count(len(subscriptions), 'subscription')} in Vocatech"
    if settings.public_url is None:
        found = f"{there_are}; set PUBLIC_URL to have the bot keep one"
        if subscriptions or not settings.vocatech_webhook_secrets:
            return [CheckResult(SUBSCRIPTION, "Subscription", found, facts=facts)]
        remedy = (
            "VOCATECH_WEBHOOK_SECRETS is set, but Vocatech has no subscription, so no webhook"
            f" comes. Subscribe the bot's address ending in {PATH} in Vocatech's admin portal, or"
            " set PUBLIC_URL to have the bot do so."
        )
        return [CheckResult(SUBSCRIPTION, "Subscription", found, Verdict.WARNING, remedy, facts)]
    url = settings.public_url + PATH
    ours = [one for one in subscriptions if is_same_address(one.url, url)]
    if ours:
        found = "made for this address" + (f", {len(ours)} times" if len(ours) > 1 else "")
        return [CheckResult(SUBSCRIPTION, "Subscription", found, facts=facts), _events(ours)]
    remedy = f"Vocatech has no subscription for {url}. {_START}"
    found = f"none for this address; {there_are}"
    return [CheckResult(SUBSCRIPTION, "Subscription", found, Verdict.WARNING, remedy, facts)]


def _events(ours: Sequence[Subscription]) -> CheckResult:
    told = {kind for one in ours for kind in one.kinds}
    missing = [kind for kind in EVENT_KINDS if kind not in told]
    facts = {"missing": missing}
    if not missing:
        return CheckResult(EVENTS, "Events", f"all {len(EVENT_KINDS)} are subscribed", facts=facts)
    found = f"not subscribed: {', '.join(missing)}"
    remedy = (
        f"The subscription leaves out {count(len(missing), 'event')}: {', '.join(missing)}."
        " Start the bot again, which adds them, or add them in Vocatech's admin portal."
    )
    return CheckResult(EVENTS, "Events", found, Verdict.WARNING, remedy, facts)
