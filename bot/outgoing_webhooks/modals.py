"""Modals of outgoing webhooks: endpoints, the form, a new secret, and failed events."""

import json
from collections.abc import Mapping, Sequence

from bot.models.integrations.outgoing_webhooks import (
    CHOSEN_EVENTS,
    EVENTS,
    MAX_ENDPOINTS,
    MAX_NAME,
    MAX_URL,
    OLD_SECRET_HOURS,
    Delivery,
    DeliveryCounts,
    Endpoint,
)
from bot.outgoing_webhooks.validation import EVENTS as EVENTS_FIELD
from bot.outgoing_webhooks.validation import NAME, URL
from bot.ui.action_ids import (
    DELETE_ENDPOINT,
    DISCARD_EVENTS,
    EDIT_ENDPOINT,
    ENDPOINT_MENU,
    ENDPOINTS_MODAL,
    FAILED_EVENTS_MODAL,
    NEW_ENDPOINT,
    RETRY_EVENTS,
    SAVE_ENDPOINT,
    SHOW_FAILED_EVENTS,
    TEST_ENDPOINT,
)
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    button,
    form,
    line,
    moment,
    note,
    option,
    overflow,
    paragraph,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.inputs import field, state_of, ticked_in, ticks
from bot.ui.lists import list_modal, looks_of
from bot.ui.mrkdwn import clean, name_of, shorten

CONTENT = "content"
ROTATE, SWITCH = "rotate", "switch"
NO_ENDPOINTS_YET = (
    "No endpoints yet, so nothing is sent. Add the URL of a receiver, such as n8n, Zapier, Make,"
    " or your CRM."
)
ABOUT = "Each endpoint gets signed events by HTTPS. A routing rule can call one, too."
WITHOUT_RULES = "Events of routing rules are sent, too."
CONTENT_HINT = (
    "Transcripts are never sent. Numbers are sent in full, even if channels in Slack mask them."
)
NO_COUNTS = DeliveryCounts()


def render_endpoints_modal(
    endpoints: Sequence[Endpoint],
    counts: Mapping[int, DeliveryCounts],
    *,
    locale: Locale,
    notice: str = "",
) -> Json:
    """List the endpoints, each with its state and buttons."""
    blocks = [note(ABOUT) if endpoints else says(NO_ENDPOINTS_YET)]
    for one in endpoints:
        count = counts.get(one.endpoint_id, NO_COUNTS)
        blocks += [_row(one, count, locale), _buttons(one, count)]
    if len(endpoints) < MAX_ENDPOINTS:
        blocks.append(actions(button("Add endpoint", NEW_ENDPOINT, "new"), block_id="new"))
    else:
        blocks.append(says(f"The limit is {MAX_ENDPOINTS} endpoints. Delete one to add another."))
    seen = json.dumps({"looks": looks_of({one.endpoint_id: one.version for one in endpoints})})
    return list_modal(
        "Outgoing webhooks", blocks, notice=notice, callback_id=ENDPOINTS_MODAL, metadata=seen
    )


def render_endpoint_form(endpoint: Endpoint, *, token: str) -> Json:
    """Return the form; an endpoint without an ID (0) is new.

    A form with the same `token` is saved once, however often it is sent.
    """
    labels = {str(one): EVENTS[one].label for one in CHOSEN_EVENTS}
    events = ticks(EVENTS_FIELD, "Events", labels, endpoint.events)
    content = ticks(
        CONTENT,
        "Content",
        {CONTENT: "Include summaries, message text, and notes"},
        [CONTENT] * endpoint.has_content,
    )
    blocks = [
        _input(NAME, "Name", endpoint.name, MAX_NAME, "CRM"),
        _input(URL, "URL", endpoint.url, MAX_URL, "https://hooks.example.com/vocatech"),
        {**events, "hint": plain(WITHOUT_RULES)},
        {**content, "hint": plain(CONTENT_HINT)},
    ]
    if endpoint.endpoint_id:
        blocks.append(_delete(endpoint))
    seen = {"token": token, "endpoint_id": endpoint.endpoint_id, "version": endpoint.version}
    title = "Edit endpoint" if endpoint.endpoint_id else "Add endpoint"
    return form(title, blocks, callback_id=SAVE_ENDPOINT, metadata=json.dumps(seen))


def parse_endpoint_form(view: Json, before: Endpoint | None = None) -> Endpoint:
    """Return the endpoint in a form, which need not be valid."""
    seen = json.loads(view["private_metadata"])
    return Endpoint(
        endpoint_id=seen["endpoint_id"],
        name=" ".join(clean(state_of(view, NAME).get("value") or "").split()),
        url=(state_of(view, URL).get("value") or "").strip(),
        events=ticked_in(view, EVENTS_FIELD),
        has_content=CONTENT in ticked_in(view, CONTENT),
        is_on=before.is_on if before else True,
        version=seen["version"],
    )


def render_secret(name: str, secret: str, *, is_new: bool) -> Json:
    """Return the modal that shows a signing secret, once."""
    opening = f"The signing secret of “{name_of(name)}”:"
    later = "Copy it to the receiver now. It isn't shown again."
    if not is_new:
        later += f" The old secret stays valid for {OLD_SECRET_HOURS} hours."
    blocks = [
        says(opening),
        rich({"type": "rich_text_preformatted", "elements": [line(secret)]}),
        says(later),
    ]
    return words_modal("Signing secret", blocks=blocks)


def render_failed_events(
    endpoint: Endpoint, failed: Sequence[Delivery], count: int, *, notice: str = ""
) -> Json:
    """List the newest events that were given up, each with a button to try again."""
    said = [says(notice, block_id="said")] if notice else []
    blocks = [*said, says(f"Events that “{name_of(endpoint.name)}” didn't accept:")]
    if not failed:
        blocks = [*said, says("No failed events.")]
    for one in failed:
        tries = "1 attempt" if one.attempts == 1 else f"{one.attempts} attempts"
        problem = shorten(one.problem or "unknown", 200)
        blocks += [
            rich(
                paragraph(
                    line(EVENTS[one.kind].label, bold=True),
                    line("  ·  "),
                    moment(one.occurred_at, "earlier"),
                    line(f"\n{tries}: {problem}"),
                )
            ),
            actions(
                button("Try again", RETRY_EVENTS, f"{endpoint.endpoint_id} {one.delivery_id}"),
                block_id=one.delivery_id,
            ),
        ]
    if count > len(failed):
        blocks.append(note(f"{count - len(failed):,} older not shown."))
    if failed:
        value = str(endpoint.endpoint_id)
        confirm = asked_first(
            "Discard failed events?",
            "They are deleted, and the receiver never gets them.",
            yes="Discard",
            no="Cancel",
            style="danger",
        )
        blocks.append(
            actions(
                button("Try all again", RETRY_EVENTS, value, style="primary"),
                button("Discard all", DISCARD_EVENTS, f"{value} {count}", confirm=confirm),
                block_id="all",
            )
        )
    return {**words_modal("Failed events", blocks=blocks), "callback_id": FAILED_EVENTS_MODAL}


def _row(endpoint: Endpoint, count: DeliveryCounts, locale: Locale) -> Json:
    kinds = len(endpoint.events)
    chosen = "1 event" if kinds == 1 else f"{kinds} events" if kinds else "rules only"
    pieces = [
        line(name_of(endpoint.name), bold=True),
        line(f"  ·  {shorten(endpoint.host, 80)}  ·  {chosen}\n"),
        *_state(endpoint, locale),
    ]
    if count.queued:
        pieces.append(line(f"  ·  {count.queued:,} queued"))
    return rich(paragraph(*pieces), block_id=f"endpoint_{endpoint.endpoint_id}")


def _state(endpoint: Endpoint, locale: Locale) -> list[Json]:
    if not endpoint.is_on:
        reason = f": {endpoint.problem}" if endpoint.problem else ""
        return [line(f"Turned off{reason}")]
    if endpoint.failing_since is not None:
        since = moment(endpoint.failing_since, locale.plain_moment(endpoint.failing_since))
        return [line("⚠️ Failing since "), since, line(f": {endpoint.problem}")]
    if endpoint.delivered_at is None:
        return [line("No events sent yet")]
    at = moment(endpoint.delivered_at, locale.plain_moment(endpoint.delivered_at))
    return [line("Working  ·  last event accepted "), at]


def _buttons(endpoint: Endpoint, count: DeliveryCounts) -> Json:
    value = str(endpoint.endpoint_id)
    elements = [button("Edit", EDIT_ENDPOINT, value)]
    if endpoint.is_on:
        elements.append(button("Send test", TEST_ENDPOINT, value))
    if count.failed:
        elements.append(
            button(f"Failed events ({count.failed:,})", SHOW_FAILED_EVENTS, value, style="danger")
        )
    menu = {
        "Rotate secret": ROTATE,
        "Turn off" if endpoint.is_on else "Turn on": SWITCH,
    }
    options = [option(label, f"{action} {value}") for label, action in menu.items()]
    return actions(*elements, overflow(ENDPOINT_MENU, options), block_id=f"do_{value}")


def _delete(endpoint: Endpoint) -> Json:
    lost = f"“{name_of(endpoint.name)}” gets nothing any more, and its queued events are deleted."
    confirm = asked_first("Delete this endpoint?", lost, yes="Delete", no="Cancel", style="danger")
    value = str(endpoint.endpoint_id)
    delete = button("Delete endpoint", DELETE_ENDPOINT, value, confirm=confirm, style="danger")
    return actions(delete, block_id="delete")


def _input(block_id: str, label: str, value: str, limit: int, example: str) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "max_length": limit,
        "placeholder": plain(example),
    }
    if value:
        element["initial_value"] = value[:limit]
    return field(block_id, label, element, optional=False)
