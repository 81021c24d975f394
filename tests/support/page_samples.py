"""Sample messages and a modal for tests of the demo page."""

from typing import Any

Json = dict[str, Any]

BEGAN = 1_763_900_000


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    """Return a mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def button(label: str, action_id: str, **more: Any) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def rich(*parts: Json) -> Json:
    """Return a rich text block with one section of `parts`."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(parts)}],
    }


def words(text: str, **style: bool) -> Json:
    """Return a rich text element."""
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def emoji(name: str) -> Json:
    """Return a rich text emoji."""
    return {"type": "emoji", "name": name}


def call_card(ts: str, title: Json, facts: str, *blocks: Json, **more: Any) -> Json:
    """Return a call card."""
    date = f"<!date^{ts.split('.', maxsplit=1)[0]}^{{date_short_pretty}} at {{time}}^|on Nov 23>"
    context = {"type": "context", "elements": [mrkdwn(f"{date} · {facts}")]}
    return {"ts": ts, "bot_id": "B1", "text": "A call.", "blocks": [title, context, *blocks]} | more


ACTIONS = {
    "type": "actions",
    "block_id": "card",
    "elements": [
        button("Reply via SMS", "reply", style="primary", value="call-1"),
        button("Transcript", "transcript", value="call-1"),
        button("Contact", "contact", value="call-1"),
        {
            "type": "overflow",
            "action_id": "more",
            "options": [
                {"text": plain("Why did I get this?"), "value": "why"},
                {"text": plain("Share in a channel"), "value": "share"},
            ],
        },
    ],
}
SUMMARY = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_quote",
            "elements": [
                words(
                    "Dana asked to move Thursday's delivery to Monday morning and wants one pallet "
                    "more. Alex agreed and will send a new confirmation today."
                )
            ],
        }
    ],
}
ANSWERED = call_card(
    f"{BEGAN}.000100",
    rich(
        emoji("telephone_receiver"),
        words(" Incoming call answered: "),
        words("Dana Whitfield", bold=True),
        words(" spoke with Alex Moreno"),
    ),
    "4 min 12 s · +1 (212) 555-0142 → ext. 104",
    SUMMARY,
    {
        "type": "context",
        "elements": [mrkdwn(":sparkles: Summary made by AI · Mood: positive · Transcript ready")],
    },
    ACTIONS,
    edited={"user": "U0", "ts": f"{BEGAN + 9}.000000"},
    reply_count=2,
)
MISSED = call_card(
    f"{BEGAN + 3600}.000200",
    rich(
        emoji("red_circle"),
        words(" Missed call", bold=True),
        words(" from "),
        words("+1 (646) 555-0199", bold=True),
        words(" to the main line"),
    ),
    "rang 24 s · voicemail 0:31 · nobody has called back",
    {
        "type": "actions",
        "block_id": "claim",
        "elements": [
            button("I'll call back", "claim", style="primary", value="call-2"),
            button("Reply via SMS", "reply", value="call-2"),
            button("Add contact", "contact", value="call-2"),
            button(
                "Dismiss",
                "dismiss",
                style="danger",
                confirm={
                    "title": plain("Dismiss this call?"),
                    "text": mrkdwn("Nobody will be reminded."),
                    "confirm": plain("Dismiss"),
                    "deny": plain("Keep"),
                    "style": "danger",
                },
            ),
        ],
    },
)
LONG = call_card(
    f"{BEGAN + 5000}.000300",
    rich(
        emoji("arrow_upper_right"), words(" Outgoing call: "), words("Hartwell & Sons", bold=True)
    ),
    "41 min 3 s · Priya Nair, ext. 112",
    {
        "type": "section",
        "text": mrkdwn("*What was said*\n" + "A long story about <i>pallets</i>. " * 18),
    },
    ACTIONS,
)
DIGEST = {
    "ts": f"{BEGAN + 9000}.000400",
    "bot_id": "B1",
    "text": "Last week.",
    "blocks": [
        {"type": "header", "text": plain("Calls last week")},
        {"type": "section", "fields": [mrkdwn(f"*{k}*\n{v}") for k, v in
         (("Incoming", "142 (+12 %)"), ("Outgoing", "88"), ("Missed", "9, all called back"),
          ("Talk time", "11 h 40 min"))]},
        {"type": "data_visualization", "title": "Calls a day", "chart": {
            "type": "bar",
            "axis_config": {"categories": ["Mon", "Tue", "Wed", "Thu", "Fri"]},
            "series": [
                {"name": name, "data": [{"label": d, "value": v} for d, v in
                 zip(["Mon", "Tue", "Wed", "Thu", "Fri"], values, strict=True)]}
                for name, values in (("In", (31, 24, 28, 36, 23)), ("Out", (18, 20, 14, 22, 14)))
            ]}},
        {"type": "data_visualization", "title": "Mood", "chart": {
            "type": "pie", "segments": [{"label": k, "value": v} for k, v in
             (("Positive", 61), ("Neutral", 70), ("Negative", 11))]}},
    ],
}  # fmt: skip
PERSON = {"ts": f"{BEGAN + 9100}.000500", "user": "U1", "text": "Thanks, <@U2>! I am on it :wave:"}

MODAL = {
    "id": "V1",
    "type": "modal",
    "title": plain("Reply via SMS"),
    "submit": plain("Send"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "section",
            "block_id": "to",
            "text": mrkdwn("To *Dana Whitfield*, from the main line"),
        },
        {"type": "alert", "block_id": "quota", "level": "info", "text": plain("8 sends are left.")},
        {
            "type": "rich_text",
            "block_id": "transcript",
            "elements": [
                {"type": "rich_text_section", "elements": [words("Transcript\n", bold=True)]},
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [words(who, bold=True), words(said)],
                        }
                        for who, said in (
                            ("Dana  ", "Hello, it is about Thursday's delivery."),
                            ("Alex  ", "Of course. What has changed?"),
                            ("Dana  ", "Could we make it Monday morning, and one pallet more?"),
                        )
                    ],
                },
            ],
        },
        {
            "type": "input",
            "block_id": "text",
            "label": plain("Message"),
            "hint": plain("One segment holds 160 characters."),
            "element": {"type": "plain_text_input", "action_id": "body", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "template",
            "optional": True,
            "dispatch_action": True,
            "label": plain("Template"),
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": plain("Choose a template"),
                "options": [{"text": plain("We will call back"), "value": "back"}],
            },
        },
    ],
}
