"""The demo's page: HTML of Block Kit, escaping, and requests from the browser."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.sandbox.demo.reader import say
from bot.sandbox.page.app import DemoPage
from bot.sandbox.page.block_html import BlockHtml
from bot.sandbox.page.chart_svg import pie, plot
from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.form_state import IncompleteForm
from bot.sandbox.slack.workspace import ANA, BEN, CALLS, FakeSlack
from bot.ui.commands import SLASH_COMMANDS
from tests.support import http
from tests.support.page_samples import ANSWERED, DIGEST, MISSED, MODAL, Json, button, mrkdwn, plain
from tests.support.page_workspace import PLAYS, FakeWorkspace

DRAW = BlockHtml(FakeWorkspace())
OPTION = {"text": plain("One"), "value": "1"}


def element_of(kind: str, **more: Any) -> Json:
    """Return an actions block with one element."""
    return {"type": "actions", "elements": [{"type": kind, "action_id": "a", **more}]}


class PeopleToo(FakeWorkspace):
    """A workspace with a direct conversation among its channels."""

    def channels(self) -> dict[str, str]:
        return {"C1": "calls", "D1": "Ana Torres"}


@pytest.mark.parametrize(
    ("kinds", "offered"),
    [({}, True), ({"include": ["public", "private"]}, False), ({"include": ["im"]}, True)],
)
def test_channel_menu_offers_people_only_if_its_filter_does(
    kinds: dict[str, list[str]], *, offered: bool
) -> None:
    block = element_of("conversations_select", **({"filter": kinds} if kinds else {}))
    html = BlockHtml(PeopleToo()).message({"blocks": [block], "ts": "1.0", "text": "t"})
    assert "calls" in html
    assert ("Ana Torres" in html) is offered


@pytest.mark.parametrize(
    ("block", "fragment"),
    [
        ({"type": "header", "text": plain("Calls")}, '<h2 class="block header">Calls</h2>'),
        ({"type": "divider"}, '<hr class="block">'),
        ({"type": "section", "text": mrkdwn("*a*"), "fields": [plain("f")]}, "<b>a</b>"),
        ({"type": "section", "text": plain("a"), "accessory": button("Go", "go")}, ">Go</button>"),
        ({"type": "context", "elements": [mrkdwn("_a_")]}, '<span class="words"><i>a</i></span>'),
        ({"type": "markdown", "text": "# T\n- **a**\n- b"}, "<h2>T</h2><ul><li><b>a</b></li>"),
        ({"type": "image", "image_url": "data:image/png;x", "alt_text": "A map"}, 'alt="A map"'),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "A"}]]},
            '<th class="">A</th>',
        ),
        (
            {
                "type": "data_table",
                "caption": "Calls",
                "rows": [[{"type": "raw_number", "value": 3, "text": "3"}]],
            },
            "<caption>Calls</caption>",
        ),
        ({"type": "card", "title": plain("Dana"), "actions": [button("Text", "t")]}, "Dana</b>"),
        ({"type": "carousel", "elements": [{"title": plain("Dana")}]}, "carousel"),
        (
            {
                "type": "container",
                "is_collapsible": True,
                "title": plain("More"),
                "child_blocks": [],
            },
            '<summary class="container-head">',
        ),
        ({"type": "alert", "level": "warning", "text": plain("Mind")}, "alert warning"),
        ({"type": "input", "label": plain("Name"), "element": {}, "error": "No"}, 'role="alert"'),
        (element_of("overflow", options=[OPTION]), 'role="menuitem"'),
        (element_of("static_select", options=[OPTION], initial_option=OPTION), '"1" selected'),
        (element_of("external_select", initial_option=OPTION), '<option value="1" selected>'),
        (element_of("users_select"), '<option value="U2">Priya Nair</option>'),
        (element_of("checkboxes", options=[OPTION]), 'type="checkbox"'),
        (element_of("radio_buttons", options=[OPTION]), 'type="radio"'),
        (element_of("radio_buttons", options=[OPTION], focus_on_load=True), "autofocus"),
        (element_of("datepicker", initial_date="2026-11-23"), 'value="2026-11-23"'),
        (element_of("timepicker"), 'type="time"'),
        (element_of("datetimepicker", initial_date_time=7), 'data-stamp="7"'),
        (element_of("number_input", min_value=0), 'min="0"'),
        (element_of("email_text_input"), 'type="email"'),
        (element_of("feedback_buttons", positive_button=OPTION), "👍"),
        ({"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash"}]}, "🗑️"),
        ({"type": "hologram", "depth": 3}, "&#34;depth&#34;: 3"),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
def test_every_block_and_element_is_drawn(block: Json, fragment: str) -> None:
    assert fragment in DRAW.blocks([block])


def test_rich_text_keeps_its_styles_lists_and_mentions() -> None:
    bits = [
        {"type": "text", "text": "a", "style": {"bold": True, "code": True}},
        {"type": "emoji", "name": "iphone"},
        {"type": "user", "user_id": "U1"},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://a.test/", "text": "there"},
        {"type": "date", "timestamp": 0, "format": "{time}", "fallback": "then"},
    ]
    kinds = ("section", "quote", "preformatted")
    parts = [{"type": f"rich_text_{kind}", "elements": bits} for kind in kinds]
    ordered = {"type": "rich_text_list", "style": "ordered", "elements": parts[:1]}
    html = DRAW.blocks([{"type": "rich_text", "elements": [*parts, ordered]}])
    for fragment in (
        "<b><code>a</code></b>📱",
        '<span class="pill user">@Alex Moreno</span>',
        '<span class="pill broadcast">@here</span>',
        'rel="noopener noreferrer">there</a>',
        '<time datetime="1970-01-01T00:00:00+00:00" data-format="{time}">then</time>',
        "<blockquote>",
        "<ol",
    ):
        assert fragment in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* _c_ ~d~ `e*f*`", "a <b>b</b> <i>c</i> <s>d</s> <code>e*f*</code>"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("one\n&gt; two\nthree", "one<blockquote>two</blockquote>three"),
        ("```x <b>```", "<pre>x &lt;b&gt;</pre>"),
        ("<@U2> <#C2> <!here>", '@Priya Nair</span> <span class="pill channel">#sales</span>'),
        (":telephone_receiver: :not_known:", "📞 :not_known:"),
        ("<https://a.test/?a=1&amp;b=2|*a*>", 'href="https://a.test/?a=1&amp;b=2"'),
        ("<!date^0^{date_short} at {time}^|soon>", 'data-format="{date_short} at {time}">soon<'),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert html in DRAW.blocks([{"type": "section", "text": mrkdwn(text)}])


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<javascript:alert(1)|click>",
        "<JaVaScRiPt:alert(1)>",
        "[click](javascript:alert(1))",
        '<https://a.test/"onmouseover="alert(1)|x>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<!date^0^<script>^|<script>>",
        "<@U9|<script>>",
    ],
)
def test_text_from_outside_never_becomes_markup(evil: str) -> None:
    option = {"text": plain(evil), "value": evil, "url": evil}
    chart = {"type": "pie", "segments": [{"label": evil, "value": 1}]}
    blocks = [
        {"type": "section", "text": mrkdwn(evil), "accessory": button(evil, evil, url=evil)},
        {"type": "header", "text": plain(evil)},
        {"type": "markdown", "text": evil},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": evil}, {"type": "link", "url": evil}]}]},
        {"type": "image", "image_url": evil, "alt_text": evil},
        {"type": "data_visualization", "title": evil, "chart": chart},
        {"type": evil, "x": evil},
        element_of("overflow", options=[option], confirm={"title": plain(evil)}),
        element_of("plain_text_input", multiline=True, initial_value=evil),
    ]  # fmt: skip
    message = {"ts": "1.0", "user": evil, "blocks": blocks, "attachments": [{"text": evil}]}
    html = (DRAW.message(message) + DRAW.modal({"title": plain(evil), "blocks": blocks})).lower()
    for alive in ("<script", "<img src=x", 'href="javascript', 'src="javascript', '"onmouseover="'):
        assert alive not in html


def test_charts_are_laid_out_from_zero_to_a_round_number() -> None:
    series = [{"name": "In", "data": [{"label": "Mon", "value": 31}, {"label": "Tue", "value": 0}]}]
    drawn = plot({"series": series, "axis_config": {"categories": ["Mon", "Tue"]}})
    assert [label for _, label in drawn.ticks] == ["0", "10", "20", "30", "40"]
    assert drawn.bars[1][-1] == 0
    assert (
        sum(one.share for one in pie([{"label": "a", "value": 1}, {"label": "b", "value": 3}]))
        == 100
    )


@pytest.fixture
def workspace() -> FakeWorkspace:
    """Return a workspace with a few messages."""
    return FakeWorkspace(ANSWERED, MISSED, DIGEST)


@pytest.fixture
def played() -> list[str]:
    """Return the scenarios that were played."""
    return []


@pytest.fixture
def site(workspace: FakeWorkspace, played: list[str]) -> Iterator[httpx.Client]:
    """Return a client of a running page."""
    page = DemoPage(
        workspace,
        user="U1",
        scenarios=PLAYS,
        play=played.append,
        status=lambda: {"cards": len(workspace.shown), "Lost": 0, "App": "running"},
        log_lines=lambda: ["Dana rings"],
        say=lambda *typed: workspace.done.append(("say", *typed)) or workspace.answer,
        home=lambda user: {"id": "VH", "blocks": [{"type": "header", "text": plain(user)}]},
        open_home=lambda user: workspace.done.append(("home", user)) or workspace.answer,
        commands=SLASH_COMMANDS,
    )
    with page, http.Client(base_url=page.url, headers={"origin": page.url}) as client:
        yield client


def updates(site: httpx.Client, since: int = -1, version: int = 0, **more: Any) -> Json:
    """Return the changes since a revision."""
    query = {"channel": "C1", "since": since, "version": version, **more}
    given: Json = site.get("/updates", params=query).raise_for_status().json()
    return given


def test_page_files_and_health_are_served(site: httpx.Client) -> None:
    page = site.get("/")
    assert "Fifty calls at once" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    # It is rendered at the first request.
    assert "<h1>Gallery</h1>" in site.get("/gallery").text
    for path, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        given = site.get(f"/static/{path}")
        assert given.headers["content-type"].startswith(kind)
        assert "http" not in given.text
    assert site.get("/healthz").json() == {"ok": True}
    assert site.get("/static/../page.py").status_code == 404


def test_only_changed_messages_are_sent_again(site: httpx.Client, workspace: FakeWorkspace) -> None:
    first = updates(site)
    assert list(first["main"]["changed"]) == first["main"]["order"]
    assert "Dana Whitfield" in first["main"]["changed"][ANSWERED["ts"]]
    workspace.shown[1] = {**MISSED, "reply_count": 1}
    workspace.change()
    second = updates(site, first["revision"], first["version"], status=first["strip"]["key"])
    assert list(second["main"]["changed"]) == [MISSED["ts"]]
    assert second["main"]["order"] == first["main"]["order"]


def test_long_poll_waits_for_a_change(site: httpx.Client, workspace: FakeWorkspace) -> None:
    first = updates(site)
    began = time.monotonic()
    timer = threading.Timer(0.2, workspace.change)
    timer.start()
    second = updates(site, first["revision"], first["version"], status=first["strip"]["key"])
    timer.join()
    assert time.monotonic() - began > 0.15
    assert second["main"]["changed"] == {}


def test_thread_has_its_first_message_and_replies(site: httpx.Client) -> None:
    assert len(updates(site, thread=ANSWERED["ts"])["thread"]["changed"]) == 2


def test_click_reaches_the_workspace(site: httpx.Client, workspace: FakeWorkspace) -> None:
    click = {"user": "U1", "channel": "C1", "ts": "1.0", "action_id": "claim", "value": "call-2"}
    assert site.post("/click", json=click).json() == {"ok": True}
    pressed = {"action_id": "claim", "value": "call-2"}
    assert workspace.done == [("click", "U1", "C1", "1.0", pressed, "call-2")]
    refused = site.post("/click", json={**click, "ts": "gone"})
    assert (refused.status_code, refused.json()) == (409, {"error": "That message is gone."})


def test_modal_is_shown_submitted_refused_and_closed(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    workspace.view = MODAL
    assert 'data-view="V1"' in updates(site)["modal"]["html"]
    workspace.answer = {"response_action": "errors", "errors": {"text": "Too short."}}
    answers = {"text": {"body": "Hi"}, "template": {"pick": "back"}}
    sent = {"user": "U1", "view_id": "V1", "answers": answers}
    said = site.post("/view/submit", json=sent).json()
    assert '<p class="error" role="alert">Too short.</p>' in said["modal"]["html"]
    (_, _, _, values) = workspace.done[-1]
    assert values["text"]["body"] == {"type": "plain_text_input", "value": "Hi"}
    assert values["template"]["pick"]["selected_option"]["value"] == "back"
    assert site.post("/view/close", json=sent).json()["modal"] is None


def test_missing_required_field_is_named_at_the_field(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    workspace.view = MODAL

    def refuse(*_: Any) -> None:
        raise IncompleteForm({"text": "Please complete this required field."})

    workspace.submit_view = refuse  # type: ignore[method-assign,assignment]
    said = site.post("/view/submit", json={"user": "U1", "view_id": "V1", "answers": {}}).json()
    assert ">Please complete this required field.</p>" in said["modal"]["html"]
    assert 'aria-invalid="true"' in said["modal"]["html"]


def test_click_in_a_modal_sends_its_block_and_the_fields(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    workspace.view = MODAL
    click = {"user": "U1", "view_id": "V1", "action_id": "pick", "block_id": "template"}
    answers = {"text": {"body": "Hi"}, "template": {"pick": "back"}}
    site.post("/view/click", json={**click, "value": "back", "answers": answers})
    (what, user, view_id, pressed, value, values) = workspace.done[-1]
    assert (what, user, view_id, value) == ("click_in_view", "U1", "V1", "back")
    assert pressed == {"action_id": "pick", "block_id": "template", "value": "back"}
    assert values["text"]["body"]["value"] == "Hi"


@pytest.mark.parametrize("path", ["/click", "/view/click", "/view/submit", "/say", "/home"])
def test_app_that_does_not_respond_is_reported_as_in_slack(
    site: httpx.Client, workspace: FakeWorkspace, path: str
) -> None:
    workspace.answer = AppResponse(0, "", 0.0, "ConnectionRefusedError")
    given = {"user": "U1", "channel": "C1", "ts": "1.0", "action_id": "a", "text": "/calls"}
    said = site.post(path, json={**given, "view_id": "V1", "answers": {}}).json()
    assert said["problem"] == "The app did not respond."


def test_external_select_is_filled_by_typing(site: httpx.Client, workspace: FakeWorkspace) -> None:
    workspace.answer = {"option_groups": [{"label": plain("A"), "options": [OPTION]}]}
    typed = {"user": "U1", "action_id": "who", "block_id": "b", "query": "ma"}
    said = site.post("/options", json={**typed, "view_id": "V1"}).json()
    assert said["options"] == [{"value": "1", "text": "One"}]
    named = {"action_id": "who", "block_id": "b"}
    assert workspace.done[-1] == ("options", "U1", named, "ma", {"view_id": "V1"})
    workspace.answer = {"options": [OPTION, OPTION]}
    said = site.post("/options", json={**typed, "channel": "C1", "ts": "1.0"}).json()
    assert len(said["options"]) == 2


def test_message_box_sends_messages_and_suggests_commands(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    site.post("/say", json={"user": "U1", "channel": "C1", "text": "/calls today"})
    assert workspace.done == [("say", "U1", "C1", "/calls today")]
    page = site.get("/").text
    for command in SLASH_COMMANDS:
        assert f'data-command="{command.name}"' in page


def test_ephemeral_messages_are_shown_to_one_person(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    private = {"ts": "1700000000.000001", "bot_id": "B1", "text": "psst", "is_ephemeral": True}
    workspace.shown = [{**private, "for_user": "U2"}]
    assert updates(site, user="U1")["main"]["order"] == []
    seen = updates(site, user="U2")
    assert "Only visible to you" in seen["main"]["changed"][private["ts"]]
    assert [place["count"] for place in seen["rail"] if place["id"] == "C1"] == [1]


def test_name_after_an_at_sign_becomes_a_mention() -> None:
    with FakeSlack() as slack:
        slack.connect("http://127.0.0.1:9")
        typed = []
        slack.type_command = lambda *given: typed.append(given)  # type: ignore[method-assign,assignment]
        say(slack, ANA, CALLS, "/calls @ana <x> @Stranger")
        assert typed == [(ANA, CALLS, "/calls", f"<@{ANA}|ana> &lt;x&gt; @Stranger")]
        with pytest.raises(ValueError, match="/foo is not a valid command"):
            say(slack, ANA, CALLS, "/foo")
        say(slack, ANA, CALLS, "Hello <@ben>, @Ben")
        assert slack.messages(CALLS)[-1]["text"] == f"Hello &lt;<@{BEN}|ben>&gt;, <@{BEN}|ben>"


def test_opening_app_home_sends_an_event_and_shows_ones_own(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    site.post("/home", json={"user": "U2"})
    assert workspace.done == [("home", "U2")]
    assert 'data-home="VH"' in updates(site, channel="home", user="U2")["home"]
    assert ">U2</h2>" in updates(site, channel="home", user="U2")["home"]


def test_scenario_is_played_by_name(site: httpx.Client, played: list[str]) -> None:
    for name in ("missed", "nonsense"):
        site.post("/play", json={"name": name})
    assert played == ["missed"]


@pytest.mark.parametrize(
    ("headers", "method"),
    [
        ({"origin": "http://evil.test"}, "POST"),
        ({"origin": "null"}, "POST"),
        ({"host": "evil.test"}, "GET"),
        ({"host": "evil.test"}, "POST"),
    ],
)
def test_other_sites_are_refused(
    site: httpx.Client, played: list[str], headers: dict[str, str], method: str
) -> None:
    given = site.request(method, "/play", json={"name": "missed"}, headers=headers)
    assert given.status_code == 403
    assert played == []


def reply_to(ts: str, **more: Any) -> Json:
    """Return a reply of the bot in the thread of a message."""
    return {"ts": f"{ts[:-1]}9", "thread_ts": ts, "bot_id": "B1", "text": "Failed."} | more


def test_message_shows_its_reply_count_and_last_reply() -> None:
    ts = ANSWERED["ts"]
    html = DRAW.message({**ANSWERED, "thread_ts": ts, "latest_reply": ts})
    assert f'data-thread="{ts}"><b>2 replies</b>' in html
    assert 'data-format="{ago}"' in html
    assert "data-thread" not in DRAW.message(reply_to(ts))


def test_broadcast_reply_names_its_thread() -> None:
    root = {"ts": "1.0", "text": "*Dana* wrote &lt;i&gt; to <@U1>"}
    html = DRAW.message(reply_to("1.000000", subtype="thread_broadcast", root=root))
    assert 'data-thread="1.000000">Dana wrote &lt;i&gt; to @Alex Moreno</button>' in html
    assert "Also sent to the channel" in html


def test_images_are_shown_and_other_files_are_downloads(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    picture = {"id": "F1", "title": "label.png", "mimetype": "image/png", "size": 2048}
    script = {"id": "F2", "title": "evil.svg", "mimetype": "image/svg+xml", "filetype": "svg"}
    html = DRAW.message({"ts": "1.0", "user": "U1", "files": [picture, script]})
    assert '<img class="large" src="/file/F1" alt="label.png">' in html
    assert 'class="file" href="/file/F2" download' in html
    image = {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A label"}
    assert 'src="/file/F1"' in DRAW.blocks([image])
    workspace.files = {
        "F1": ("label.png", "image/png", b"png"),
        "F2": ("é.svg", "image/svg+xml", b"<svg/>"),
    }
    given = site.get("/file/F1")
    assert (given.content, given.headers["content-type"]) == (b"png", "image/png")
    kept = site.get("/file/F2")
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9.svg"
    assert site.get("/file/F3").status_code == 404


def test_direct_messages_are_shown_to_one_person(site: httpx.Client) -> None:
    rails = [{place["id"] for place in updates(site, user=user)["rail"]} for user in ("U1", "U2")]
    assert ["D1" in rail for rail in rails] == [True, False]
    for given in ({"channel": "D1", "user": "U2"}, {"channel": "C1", "user": "U9"}):
        assert site.get("/updates", params=given).status_code == 400


def test_ephemeral_reply_in_a_thread_is_shown_to_one_person(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    workspace.shown[0] = {**ANSWERED, "for_user": "U2"}
    asked = {"thread": ANSWERED["ts"]}
    orders = [updates(site, user=user, **asked)["thread"]["order"] for user in ("U1", "U2")]
    assert [ANSWERED["ts"] in order for order in orders] == [False, True]


def test_typing_in_a_dispatching_field_sends_all_fields(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    workspace.view = MODAL
    workspace.answer = {"response_action": "errors", "errors": {"text": "Bad.", "template": "Bad"}}
    answers = {"text": {"body": "Hel"}, "template": {"pick": "back"}}
    sent = {"user": "U1", "view_id": "V1", "answers": answers}
    site.post("/view/submit", json=sent)
    workspace.answer = None
    typed = {**sent, "action_id": "body", "block_id": "text", "text": "Hel"}
    assert site.post("/view/type", json=typed).json() == {"ok": True}
    (what, user, view_id, field, text, values, enter) = workspace.done[-1]
    assert (what, user, view_id, text, enter) == ("type_in_view", "U1", "V1", "Hel", False)
    assert field == {"action_id": "body", "block_id": "text"}
    assert values["template"]["pick"]["selected_option"]["value"] == "back"
    html = updates(site)["modal"]["html"]
    assert html.count('role="alert"') == 1


@pytest.mark.parametrize(
    ("moments", "wires"),
    [
        (["on_character_entered"], "data-typed"),
        (["on_enter_pressed"], "data-enter"),
        (["on_character_entered", "on_enter_pressed"], "data-typed data-enter"),
        (None, "data-enter"),
    ],
)
def test_dispatching_field_has_its_triggers(moments: list[str] | None, wires: str) -> None:
    element: Json = {"type": "plain_text_input", "action_id": "a"}
    if moments:
        element["dispatch_action_config"] = {"trigger_actions_on": moments}
    block = {"type": "input", "block_id": "b", "label": plain("L"), "element": element}
    assert f'data-block="b" {wires} ' in DRAW.blocks([block | {"dispatch_action": True}])
    assert "data-typed" not in (silent := DRAW.blocks([block]))
    assert "data-enter" not in silent
    assert "data-live" not in silent


def test_reply_is_sent_to_its_thread_and_commands_are_refused(
    site: httpx.Client, workspace: FakeWorkspace
) -> None:
    site.post("/say", json={"user": "U1", "channel": "C1", "text": "Hello", "thread": "1.0"})
    assert workspace.done == [("say", "U1", "C1", "Hello", "1.0")]
    with FakeSlack() as slack:
        first = slack.say(ANA, CALLS, "First")
        say(slack, ANA, CALLS, "Reply", first)
        assert [message["text"] for message in slack.thread(CALLS, first)] == ["First", "Reply"]
        with pytest.raises(ValueError, match="don't work in threads"):
            say(slack, ANA, CALLS, "/calls", first)


def test_each_person_has_a_direct_conversation_with_the_app() -> None:
    with FakeSlack() as slack:
        assert slack.places(ANA) == {CALLS: "calls", slack.direct_channel(ANA): "Vocatech"}
        assert slack.direct_channel(ANA) not in slack.places("U0BEN0001")
