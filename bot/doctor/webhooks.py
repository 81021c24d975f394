"""Checks of webhooks: secrets, the last delivery, and the subscription."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, count, make_plain
from bot.rules.validation import deleted_endpoints
from bot.store import Store
from bot.sync.subscription import PATH, is_same_address
from bot.ui.formatting import span
from bot.vocatech.events import EVENT_KINDS
from bot.vocatech.shapes import Subscription

SECRETS, LAST = "webhooks.secrets", "webhooks.last"
SUBSCRIPTION, EVENTS = "webhooks.subscription", "webhooks.events"
MOST_NAMED = 5
_START = "Start the app (vocatech-slack run): with PUBLIC_URL set, it subscribes automatically."
_FORMS = {
    "documented": "time in its own header",
    "observed": "time in the signature: t=…,v1=…",
}


def check_webhooks(
    settings: Settings,
    store: Store,
    *,
    subscriptions: Sequence[Subscription] | None,
    now: float,
) -> list[CheckResult]:
    """Check the delivery of events; `subscriptions` is None if they are unknown."""
    last = store.calls.last_webhook()
    return [
        _secrets(settings, len(store.subscriptions.all()), store.subscriptions.count_unreadable()),
        _last_one(last, now, are_wanted=settings.has_webhooks),
        *_subscribed(settings, subscriptions),
    ]


def _secrets(settings: Settings, kept: int, unreadable: int) -> CheckResult:
    given = len(settings.vocatech_webhook_secrets)
    facts = {"given": given, "kept": kept, "unreadable": unreadable}
    if unreadable:
        remedy = (
            "The database has webhook secrets that ENCRYPTION_KEY doesn't decrypt, so the app"
            " rejects their webhooks. Set the key that was used before. If it is lost, run"
            " `vocatech-slack webhooks sync`."
        )
        return CheckResult(
            SECRETS, "Secrets", f"{unreadable} not decrypted", Verdict.WARNING, remedy, facts
        )
    if given or kept:
        how = "encrypted" if settings.encryption_key else "stored in clear text"
        by_app = f"{kept} managed by the app, {how}" if kept else ""
        by_hand = f"{given} from VOCATECH_WEBHOOK_SECRETS" if given else ""
        found = ", ".join(word for word in (by_app, by_hand) if word)
        return CheckResult(SECRETS, "Secrets", found, facts=facts)
    if settings.public_url is None:
        return CheckResult(SECRETS, "Secrets", "none; polling needs none", facts=facts)
    remedy = f"There is no webhook secret yet, so the app rejects every webhook. {_START}"
    return CheckResult(SECRETS, "Secrets", "none yet", Verdict.WARNING, remedy, facts)


def _last_one(last: tuple[float, str] | None, now: float, *, are_wanted: bool) -> CheckResult:
    if last is not None:
        at, form = last
        found = f"{span(max(0, round(now - at)))} ago, {form} format ({_FORMS.get(form, '?')})"
        facts = {"seconds_ago": round(now - at), "form": form}
        return CheckResult(LAST, "Last webhook", found, facts=facts)
    if not are_wanted:
        return CheckResult(LAST, "Last webhook", "none expected")
    remedy = (
        "No webhook has arrived yet. Make a call, and run the doctor again. If there is still none,"
        f" check that the app's URL ending in {PATH} can be reached from the internet over HTTPS."
        " Until then, the app finds calls by polling."
    )
    return CheckResult(LAST, "Last webhook", "none yet", Verdict.WARNING, remedy)


def _subscribed(
    settings: Settings, subscriptions: Sequence[Subscription] | None
) -> list[CheckResult]:
    if subscriptions is None:
        words = "unknown"
        return [CheckResult(SUBSCRIPTION, "Subscription", words, Verdict.UNTRIED)]
    facts = {"subscriptions": len(subscriptions)}
    there_are = f"{count(len(subscriptions), 'subscription')} in Vocatech"
    if settings.public_url is None:
        found = f"{there_are}; set PUBLIC_URL to let the app manage one"
        if subscriptions or not settings.vocatech_webhook_secrets:
            return [CheckResult(SUBSCRIPTION, "Subscription", found, facts=facts)]
        remedy = (
            "VOCATECH_WEBHOOK_SECRETS is set, but Vocatech has no subscription, so no webhooks"
            f" arrive. Subscribe the app's URL ending in {PATH} in Vocatech's admin portal, or set"
            " PUBLIC_URL to let the app do it."
        )
        return [CheckResult(SUBSCRIPTION, "Subscription", found, Verdict.WARNING, remedy, facts)]
    url = settings.public_url + PATH
    ours = [one for one in subscriptions if is_same_address(one.url, url)]
    if ours:
        found = "created for this URL" + (f", {len(ours)} times" if len(ours) > 1 else "")
        return [CheckResult(SUBSCRIPTION, "Subscription", found, facts=facts), _events(ours)]
    remedy = f"Vocatech has no subscription for {url}. {_START}"
    found = f"none for this URL; {there_are}"
    return [CheckResult(SUBSCRIPTION, "Subscription", found, Verdict.WARNING, remedy, facts)]


def _events(ours: Sequence[Subscription]) -> CheckResult:
    subscribed = {kind for one in ours for kind in one.kinds}
    missing = [kind for kind in EVENT_KINDS if kind not in subscribed]
    facts = {"missing": missing}
    if not missing:
        return CheckResult(EVENTS, "Events", f"all {len(EVENT_KINDS)} subscribed", facts=facts)
    found = f"not subscribed: {', '.join(missing)}"
    remedy = (
        f"The subscription lacks {count(len(missing), 'event')}: {', '.join(missing)}. Restart the"
        " app, which adds them, or add them in Vocatech's admin portal."
    )
    return CheckResult(EVENTS, "Events", found, Verdict.WARNING, remedy, facts)


def check_endpoints(store: Store, *, allows_private: bool) -> CheckResult:
    """Report the endpoints of outgoing webhooks, and whether their secrets can be read."""
    key, name = "webhooks.endpoints", "Endpoints"
    endpoints, counts = store.endpoints.all(), store.deliveries.counts()
    failed = sum(one.failed for one in counts.values())
    facts = {"endpoints": len(endpoints), "failed_events": failed}
    found = "1 endpoint" if len(endpoints) == 1 else f"{len(endpoints)} endpoints"
    found = found if endpoints else "off, because there is no endpoint"
    if any(not store.endpoints.secrets(one.endpoint_id, now=0.0) for one in endpoints):
        remedy = (
            "A signing secret was encrypted with another ENCRYPTION_KEY, so nothing is sent. Set"
            " the old key, or run `vocatech-slack outgoing-webhooks rotate NAME`."
        )
        return CheckResult(key, name, found, Verdict.PROBLEM, remedy, facts)
    if failed:
        events = "1 event was" if failed == 1 else f"{failed:,} events were"
        remedy = (
            f"{events} given up. Check the receivers, and then choose Try again in `/vocatech"
            " webhooks`."
        )
        return CheckResult(key, name, found, Verdict.WARNING, remedy, facts)
    # The demo's receiver is on this machine.
    if allows_private and not all(_is_on_this_machine(one.url) for one in endpoints):
        remedy = "Set WEBHOOKS_TO_PRIVATE_ADDRESSES=false: it is for tests and demos only."
        return CheckResult(key, name, found, Verdict.WARNING, remedy, facts)
    if remedy := _named_but_deleted(store):
        return CheckResult(key, name, found, Verdict.WARNING, remedy, facts)
    return CheckResult(key, name, found, facts=facts)


def _named_but_deleted(store: Store) -> str:
    """Return what to do about routing rules that name a deleted endpoint; empty if none does."""
    rules = store.rules.book().rules
    gone = deleted_endpoints(rules, store.endpoints.names())
    named = [
        f"“{make_plain(rule.name)}” names {make_plain(gone[rule.rule_id])}"
        for rule in rules
        if rule.rule_id in gone
    ]
    if not named:
        return ""
    more = f", and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        "Routing rules name a deleted endpoint, so nothing is sent:"
        f" {', '.join(named[:MOST_NAMED])}{more}. Choose another endpoint in `/vocatech rules`, or"
        " add one with this name."
    )


def _is_on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
