"""The stand-in Slack refuses what Slack refuses, and talks to the bot as Slack does."""

import contextlib
import json
import threading
from urllib.error import URLError
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.sandbox.http import FakeServer, Fault, HttpResponse
from bot.sandbox.slack.rate_limits import PostLimit, TierLimit
from bot.sandbox.slack.state import BOT_ID, BOT_USER_ID, TEAM_ID
from bot.sandbox.slack.web_api import DEFAULT_SCOPES
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN, CALLS, FakeSlack
from tests.support import http

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Reply"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Message"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        }
    ],
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
BUTTONS = [
    {
        "type": "actions",
        "block_id": f"row{number}",
        "elements": [
            {
                "type": "button",
                "action_id": "open",
                "text": {"type": "plain_text", "text": f"Open {number}"},
                "value": str(number),
            }
        ],
    }
    for number in (1, 2)
]


class Clock:
    """A monotonic clock that moves when it is told to."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


class Bot(FakeServer):
    """Keeps what Slack sends, and answers with what it was given, then with an empty 200."""

    def __init__(self):
        super().__init__()
        self.got = []
        self.answers = []
        self.arrived = threading.Condition()

    def answer(self, request):
        with self.arrived:
            self.got.append(request)
            self.arrived.notify_all()
        return self.answers.pop(0) if self.answers else HttpResponse(200, b"")

    @property
    def payload(self):
        """The last interaction."""
        return json.loads(self.form["payload"])

    @property
    def form(self):
        return {k: v[0] for k, v in parse_qs(self.got[-1].body.decode()).items()}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack(clock):
    with FakeSlack(clock=clock, event_retries=(0.0, 0.02, 0.02)) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack):
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[], timeout=60)


@pytest.fixture
def bot(slack):
    with Bot() as receiver:
        slack.connect(receiver.url)
        yield receiver


def refused(call, **arguments):
    """Return the answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response


def trigger(slack, user=ANA):
    return slack.new_trigger(user)


def test_a_bot_learns_who_it_is(client):
    answer = client.auth_test()
    assert (answer["bot_id"], answer["user_id"], answer["team_id"]) == (
        BOT_ID,
        BOT_USER_ID,
        TEAM_ID,
    )


def test_an_answer_lists_the_scopes_of_the_token(client):
    headers = {name.lower(): value for name, value in client.api_test().headers.items()}
    assert set(headers["x-oauth-scopes"].split(",")) == DEFAULT_SCOPES


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-demo", "not_allowed_token_type")],
)
def test_a_wrong_token_is_refused(slack, token, error):
    assert refused(WebClient(token, base_url=slack.api_url).auth_test)["error"] == error


def test_a_revoked_token_is_refused(slack, client):
    slack.token_error = "token_revoked"
    assert refused(client.auth_test)["error"] == "token_revoked"


def test_an_unknown_method_is_refused_with_status_200(slack, client):
    answer = refused(client.api_call, api_method="chat.shout")
    assert (answer["error"], answer.status_code) == ("unknown_method", 200)


@pytest.mark.parametrize(
    ("missing", "method", "arguments"),
    [
        ("chat:write", "chat.postMessage", {"channel": CALLS, "text": "a"}),
        ("channels:history", "conversations.history", {"channel": CALLS}),
        ("groups:history", "conversations.history", {"channel": "G0PRIVATE"}),
        ("channels:read", "conversations.list", {}),
        ("groups:read", "conversations.list", {"types": "public_channel,private_channel"}),
        ("channels:join", "conversations.join", {"channel": CALLS}),
        ("im:write", "conversations.open", {"users": ANA}),
        ("users:read", "users.list", {}),
        ("users:read.email", "users.lookupByEmail", {"email": "ana.torres@example.com"}),
        ("files:write", "files.getUploadURLExternal", {"filename": "a", "length": 1}),
    ],
)
def test_a_missing_scope_is_named(slack, client, missing, method, arguments):
    slack.add_channel("G0PRIVATE", "private", private=True)
    slack.scopes = DEFAULT_SCOPES - {missing}
    answer = refused(client.api_call, api_method=method, params=arguments)
    assert (answer["error"], answer["needed"]) == ("missing_scope", missing)
    assert missing not in answer["provided"].split(",")


def test_parameters_come_in_a_query_a_form_or_json(slack):
    url, auth = f"{slack.api_url}chat.postMessage", {"Authorization": f"Bearer {slack.token}"}
    said = {"channel": CALLS, "text": "x", "blocks": '[{"type": "divider"}]'}
    answers = [
        http.get(url, params=said, headers=auth),
        http.post(url, data=said, headers=auth),
        http.post(url, json={**said, "blocks": [{"type": "divider"}]}, headers=auth),
    ]
    assert [answer.json()["ok"] for answer in answers] == [True] * 3
    assert [m["blocks"][0]["type"] for m in slack.messages(CALLS)] == ["divider"] * 3


def test_json_that_is_none_is_refused(slack):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {slack.token}"}
    answer = http.post(f"{slack.api_url}auth.test", content="{", headers=headers).json()
    assert answer == {"ok": False, "error": "invalid_json"}


def test_a_message_is_stored_with_who_wrote_it_and_a_ts_of_its_own(slack, client):
    first, second = (client.chat_postMessage(channel=CALLS, text=t)["ts"] for t in "ab")
    assert first < second
    assert [(m["ts"], m["text"], m["bot_id"]) for m in slack.messages(CALLS)] == [
        (first, "a", BOT_ID),
        (second, "b", BOT_ID),
    ]


def test_an_edit_keeps_the_ts_and_leaves_what_was_not_sent(slack, client):
    metadata = {"event_type": "vocatech_call", "event_payload": {"call_id": "1"}}
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=BUTTONS, metadata=metadata)["ts"]
    client.chat_update(channel=CALLS, ts=ts, text="b")
    [message] = slack.messages(CALLS)
    assert (message["ts"], message["text"], message["edited"]["user"]) == (ts, "b", BOT_USER_ID)
    assert (len(message["blocks"]), message["metadata"]) == (2, metadata)


@pytest.mark.parametrize("argument", ["unfurl_links", "unfurl_media", "thread_ts", "mrkdwn"])
def test_edit_with_an_unlisted_argument_is_refused(client, argument):
    ts = client.chat_postMessage(channel=CALLS, text="a")["ts"]
    answer = refused(client.chat_update, channel=CALLS, ts=ts, text="b", **{argument: "false"})
    assert answer["error"] == "invalid_arguments"
    assert argument in str(answer["response_metadata"])


def test_an_empty_list_of_blocks_takes_them_away(slack, client):
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=BUTTONS)["ts"]
    client.chat_update(channel=CALLS, ts=ts, text="a", blocks=[], metadata={})
    assert slack.messages(CALLS)[0]["blocks"] == []


def test_only_an_own_message_that_exists_can_be_edited_or_deleted(slack, client):
    theirs = slack.say(ANA, CALLS, "mine")
    for method, error in (
        (client.chat_update, "cant_update_message"),
        (client.chat_delete, "cant_delete_message"),
    ):
        given = {"text": "x"} if method == client.chat_update else {}
        assert refused(method, channel=CALLS, ts=theirs, **given)["error"] == error
        missing = refused(method, channel=CALLS, ts="1.000000", **given)
        assert missing["error"] == "message_not_found"


def test_a_deleted_message_is_gone_and_one_with_replies_leaves_a_stone(slack, client):
    lone, parent = (client.chat_postMessage(channel=CALLS, text=t)["ts"] for t in "ab")
    client.chat_postMessage(channel=CALLS, text="reply", thread_ts=parent)
    client.chat_delete(channel=CALLS, ts=lone)
    client.chat_delete(channel=CALLS, ts=parent)
    [stone] = slack.messages(CALLS)
    assert (stone["ts"], stone["subtype"]) == (parent, "tombstone")


def test_a_reply_is_in_the_thread_and_counted_on_its_first_message(slack, client):
    ts = client.chat_postMessage(channel=CALLS, text="a")["ts"]
    reply = client.chat_postMessage(channel=CALLS, text="b", thread_ts=ts)["ts"]
    assert [m["ts"] for m in slack.messages(CALLS)] == [ts]
    assert [m["ts"] for m in slack.thread(CALLS, ts)] == [ts, reply]
    assert slack.messages(CALLS)[0]["reply_count"] == 1
    assert [m["ts"] for m in client.conversations_replies(channel=CALLS, ts=ts)["messages"]] == [
        ts,
        reply,
    ]


def test_a_reply_needs_a_thread_that_exists(client):
    answer = refused(client.chat_postMessage, channel=CALLS, text="b", thread_ts="1.000000")
    assert answer["error"] == "thread_not_found"


def test_a_private_message_is_not_in_the_history(slack, client):
    client.chat_postEphemeral(channel=CALLS, user=ANA, text="psst")
    assert client.conversations_history(channel=CALLS)["messages"] == []
    assert [(m["is_ephemeral"], m["for_user"]) for m in slack.messages(CALLS)] == [(True, ANA)]


def test_a_message_has_an_address(client):
    ts = client.chat_postMessage(channel=CALLS, text="a")["ts"]
    link = client.chat_getPermalink(channel=CALLS, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{CALLS}/p{ts.replace('.', '')}")


def test_a_post_to_a_person_lands_in_the_direct_conversation(slack, client):
    channel = client.chat_postMessage(channel=ANA, text="hello")["channel"]
    assert channel == client.conversations_open(users=ANA)["channel"]["id"]
    assert [m["text"] for m in slack.messages(channel)] == ["hello"]


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lambda slack: slack.delete_channel(CALLS), "channel_not_found"),
        (lambda slack: slack.archive(CALLS), "is_archived"),
        (lambda slack: slack.remove_bot(CALLS), "not_in_channel"),
        (
            lambda slack: slack.add_channel(CALLS, "x", private=True, member=False),
            "channel_not_found",
        ),
    ],
)
def test_a_channel_that_cannot_be_written_to_says_why(slack, client, prepare, error):
    prepare(slack)
    assert refused(client.chat_postMessage, channel=CALLS, text="a")["error"] == error


def test_a_public_channel_can_be_joined_or_written_to_with_the_scope_for_that(slack, client):
    slack.add_channel("C0OTHER", "other", member=False)
    slack.add_channel("C0THIRD", "third", member=False)
    assert refused(client.conversations_history, channel="C0OTHER")["error"] == "not_in_channel"
    client.conversations_join(channel="C0OTHER")
    client.chat_postMessage(channel="C0OTHER", text="a")
    slack.scopes = DEFAULT_SCOPES | {"chat:write.public"}
    client.chat_postMessage(channel="C0THIRD", text="a")
    assert len(slack.messages("C0OTHER")) == len(slack.messages("C0THIRD")) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": "["}, "invalid_metadata_format"),
        (
            {
                "text": "x",
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
                    for _ in range(5)
                ],
            },
            "msg_blocks_too_long",
        ),
    ],
)
def test_a_message_that_says_nothing_or_too_much_is_refused(slack, client, arguments, error):
    answer = refused(
        client.api_call, api_method="chat.postMessage", json={"channel": CALLS, **arguments}
    )
    assert (answer["error"], slack.messages(CALLS)) == (error, [])


def test_refused_blocks_are_explained(client):
    answer = refused(client.chat_postMessage, channel=CALLS, text="x", blocks=[{"type": "header"}])
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: text [json-pointer:/blocks/0]"
    ]


def test_a_workspace_may_lack_a_block_type(slack, client):
    slack.refused_block_types.add("markdown")
    blocks = [{"type": "markdown", "text": "# Hi"}]
    answer = refused(client.chat_postMessage, channel=CALLS, text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    slack.refused_block_types.clear()
    client.chat_postMessage(channel=CALLS, text="x", blocks=blocks)


def test_metadata_is_shown_only_when_asked_for(slack, client):
    for payload in ({"call_id": "1"}, {"call_ids": ["2", "3"]}):
        metadata = {"event_type": "vocatech_call", "event_payload": payload}
        client.chat_postMessage(channel=CALLS, text="a", metadata=metadata)
    bare = client.conversations_history(channel=CALLS)["messages"]
    full = client.conversations_history(channel=CALLS, include_all_metadata=True)["messages"]
    assert not any("metadata" in message for message in bare)
    assert full[1]["metadata"]["event_payload"] == {"call_id": "1"}
    assert slack.posted_call_ids(CALLS) == ["1", "2", "3"]


def test_history_is_paged_newest_first(slack, client):
    said = [slack.say(ANA, CALLS, str(number)) for number in range(7)]
    pages = [page["messages"] for page in client.conversations_history(channel=CALLS, limit=3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [message["ts"] for page in pages for message in page] == said[::-1]


def test_history_since_a_moment_is_paged_from_that_moment_on(slack, client):
    said = [slack.say(ANA, CALLS, str(number)) for number in range(5)]
    pages = client.conversations_history(channel=CALLS, limit=2, oldest=said[0])
    assert [[m["ts"] for m in page["messages"]] for page in pages] == [
        [said[2], said[1]],
        [said[4], said[3]],
    ]


def test_the_bounds_of_history_count_only_when_inclusive(slack, client):
    said = [slack.say(ANA, CALLS, str(number)) for number in range(4)]
    window = {"channel": CALLS, "oldest": said[0], "latest": said[3]}
    inner = client.conversations_history(**window)["messages"]
    outer = client.conversations_history(**window, inclusive=True)["messages"]
    assert (len(inner), len(outer)) == (2, 4)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"cursor": "rubbish!"}, "invalid_cursor"),
        ({"limit": -1}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
    ],
)
def test_history_is_strict_about_its_parameters(client, arguments, error):
    answer = refused(client.conversations_history, channel=CALLS, **arguments)
    assert answer["error"] == error


def test_channels_are_listed_by_kind_and_membership(slack, client):
    slack.add_channel("G0PRIVATE", "private", private=True)
    slack.add_channel("G0SECRET", "secret", private=True, member=False)
    slack.add_channel("C0OTHER", "other", member=False)

    def ids(call, **given):
        return [one["id"] for one in call(**given)["channels"]]

    assert ids(client.conversations_list) == [CALLS, "C0OTHER"]
    assert ids(client.conversations_list, types="private_channel") == ["G0PRIVATE"]
    assert ids(client.users_conversations) == [CALLS]
    assert client.conversations_info(channel=CALLS)["channel"]["name"] == "calls"
    assert BOT_USER_ID in client.conversations_members(channel=CALLS)["members"]


def test_people_are_listed_in_pages_with_their_ranks(client):
    members = [m for page in client.users_list(limit=2) for m in page["members"]]
    assert [m["id"] for m in members] == [ADMIN, ANA, BEN, BOT_USER_ID]
    assert [m["id"] for m in members if m["is_admin"]] == [ADMIN]


def test_a_person_is_found_by_id_and_by_e_mail(slack, client):
    assert client.users_info(user=BEN)["user"]["profile"]["email"] == "ben.whitaker@example.com"
    assert client.users_lookupByEmail(email="Ana.Torres@example.com")["user"]["id"] == ANA
    assert refused(client.users_lookupByEmail, email="x@y.z")["error"] == "users_not_found"
    slack.scopes = DEFAULT_SCOPES - {"users:read.email"}
    assert "email" not in client.users_info(user=BEN)["user"]["profile"]


def test_a_burst_of_posts_is_let_through_and_then_one_a_second(slack, client, clock):
    slack.add_channel("C0OTHER", "other")
    for _ in range(3):
        client.chat_postMessage(channel=CALLS, text="a")
    answer = refused(client.chat_postMessage, channel=CALLS, text="a")
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert int(answer.headers["Retry-After"]) >= 1
    client.chat_postMessage(channel="C0OTHER", text="a")
    clock.now += 1
    client.chat_postMessage(channel=CALLS, text="a")
    assert (len(slack.messages(CALLS)), slack.rate_limited) == (4, 1)


def test_one_post_a_second_is_never_limited():
    pace = PostLimit(1)
    assert [pace.wait("C", float(second)) for second in range(50)] == [0.0] * 50


def test_a_tier_is_a_sliding_minute():
    tier = TierLimit(2)
    assert [tier.wait(now) for now in (0.0, 30.0, 45.0, 60.0, 61.0)] == [0.0, 0.0, 15.0, 0.0, 29.0]


def test_edits_are_limited_to_fifty_a_minute(slack, client, clock):
    ts = slack.say(BOT_USER_ID, CALLS, "a")
    for _ in range(50):
        refused(client.chat_update, channel=CALLS, ts=ts, text="b")
    assert refused(client.chat_update, channel=CALLS, ts=ts, text="b").status_code == 429
    clock.now += 60
    assert refused(client.chat_update, channel=CALLS, ts=ts, text="b").status_code == 200


def test_limits_can_be_turned_off():
    with FakeSlack(limits=False) as slack:
        client = WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(10):
            client.chat_postMessage(channel=CALLS, text="a")
        assert len(slack.messages(CALLS)) == 10


def test_a_modal_opens_fills_and_closes(slack, client):
    view = client.views_open(trigger_id=trigger(slack), view=MODAL)["view"]
    changed = {**MODAL, "title": {"type": "plain_text", "text": "Again"}}
    newer = client.views_update(view_id=view["id"], hash=view["hash"], view=changed)["view"]
    assert slack.open_view(ANA)["title"]["text"] == "Again"
    assert (newer["id"], newer["root_view_id"]) == (view["id"], view["id"])
    assert newer["hash"] != view["hash"]
    slack.close_view(ANA, view["id"])
    assert slack.open_view(ANA) is None
    assert refused(client.views_update, view_id=view["id"], view=MODAL)["error"] == "not_found"


def test_an_update_over_a_newer_view_is_a_conflict(slack, client):
    view = client.views_open(trigger_id=trigger(slack), view=MODAL)["view"]
    client.views_update(view_id=view["id"], view=MODAL)
    answer = refused(client.views_update, view_id=view["id"], hash=view["hash"], view=MODAL)
    assert answer["error"] == "hash_conflict"


def test_a_trigger_is_good_once_and_for_three_seconds(slack, client, clock):
    used, late = trigger(slack), trigger(slack)
    client.views_open(trigger_id=used, view=MODAL)
    clock.now += 3.1
    found = [refused(client.views_open, trigger_id=t, view=MODAL) for t in (used, late, "1.2.x")]
    assert [answer["error"] for answer in found] == [
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    ]


def test_modals_are_stacked_three_deep(slack, client):
    first = client.views_open(trigger_id=trigger(slack), view=MODAL)["view"]
    for _ in range(2):
        view = client.views_push(trigger_id=trigger(slack), view=MODAL)["view"]
    assert view["root_view_id"] == first["id"]
    answer = refused(client.views_push, trigger_id=trigger(slack), view=MODAL)
    assert answer["error"] == "push_limit_reached"


def test_a_view_is_found_by_an_external_id_that_is_its_own(slack, client):
    view = {**MODAL, "external_id": "mine"}
    client.views_open(trigger_id=trigger(slack), view=view)
    client.views_update(external_id="mine", view=view)
    answer = refused(client.views_open, trigger_id=trigger(slack, BEN), view=view)
    assert answer["error"] == "duplicate_external_id"


def test_a_home_is_published_and_replaced(slack, client):
    old = client.views_publish(user_id=ANA, view=HOME)["view"]
    client.views_publish(user_id=ANA, view=HOME, hash=old["hash"])
    assert slack.home_view(ANA)["id"] == old["id"]
    answer = refused(client.views_publish, user_id=ANA, view=HOME, hash=old["hash"])
    assert answer["error"] == "hash_conflict"


def test_a_refused_view_is_explained_and_leaves_the_trigger_good(slack, client):
    once = trigger(slack)
    view = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    answer = refused(client.views_open, trigger_id=once, view=view)
    assert answer["error"] == "invalid_arguments"
    assert "/view/title/text" in answer["response_metadata"]["messages"][0]
    client.views_open(trigger_id=once, view=MODAL)


def test_a_file_is_uploaded_and_shown_in_the_channel(slack, client):
    client.files_upload_v2(content="abc", filename="a.csv", channel=CALLS, initial_comment="Here")
    [message] = slack.messages(CALLS)
    assert (message["text"], message["files"][0]["name"]) == ("Here", "a.csv")


def upload(client, content=b"abc", **prepared):
    """Bring the bytes of a file that nobody sees yet, and give its id."""
    given = {"filename": "a.png", "length": len(content), **prepared}
    prepared = client.files_getUploadURLExternal(**given)
    answer = http.post(prepared["upload_url"], content=content)
    return [{"id": prepared["file_id"], "title": "A"}], answer.status_code


def test_a_file_tells_in_which_thread_it_is_shown_a_while_after_it_was_completed(slack, client):
    slack.files.delay = 3600.0
    first = client.chat_postMessage(channel=CALLS, text="Thread")["ts"]
    files, _ = upload(client, alt_txt="A letter")
    share = {"channel_id": CALLS, "thread_ts": first}
    done = client.files_completeUploadExternal(files=files, **share)
    assert "shares" not in done["files"][0]
    assert client.files_info(file=files[0]["id"])["file"]["shares"] == {}
    slack.files.delayed.run_all_now()
    assert slack.files.delayed.wait_until_done()
    [_, reply] = slack.thread(CALLS, first)
    file = client.files_info(file=files[0]["id"])["file"]
    [shared] = file["shares"]["public"][CALLS]
    assert (shared["ts"], shared["thread_ts"]) == (reply["ts"], first)
    assert (file["mimetype"], file["title"], file["alt_txt"]) == ("image/png", "A", "A letter")
    assert (file["channels"], file["ims"]) == ([CALLS], [])


def test_a_file_in_a_direct_conversation_is_shared_in_private(client):
    files, _ = upload(client)
    direct = client.conversations_open(users=ANA)["channel"]["id"]
    client.files_completeUploadExternal(files=files, channel_id=direct)
    file = client.files_info(file=files[0]["id"])["file"]
    assert (list(file["shares"]), file["ims"]) == (["private"], [direct])


def test_an_upload_is_completed_once_with_all_its_bytes_and_never_for_an_unknown_file(client):
    files, status = upload(client, length=4)
    assert status == 400
    complete = client.files_completeUploadExternal
    assert refused(complete, files=files)["error"] == "file_not_found"
    assert refused(complete, files=[{"id": "F0"}])["error"] == "file_not_found"
    assert refused(client.files_info, file="F0")["error"] == "file_not_found"
    files, _ = upload(client)
    assert refused(complete, files=files, channel_id="C0")["error"] == "channel_not_found"
    complete(files=files, channel_id=CALLS)
    assert refused(complete, files=files, channel_id=CALLS)["error"] == "file_not_found"
    empty = refused(client.files_getUploadURLExternal, filename="a", length=0)
    assert empty["error"] == "missing_argument"


def test_deleted_file_leaves_a_tombstone_in_its_message(slack, client):
    files, _ = upload(client)
    file_id = files[0]["id"]
    assert refused(client.files_delete, file=file_id)["error"] == "file_not_found"
    client.files_completeUploadExternal(files=files, channel_id=CALLS, initial_comment="Here")
    address = client.files_info(file=file_id)["file"]["url_private"]
    client.files_delete(file=file_id)
    [message] = slack.messages(CALLS)
    assert (message["text"], message["files"]) == ("Here", [{"id": file_id, "mode": "tombstone"}])
    assert refused(client.files_delete, file=file_id)["error"] == "file_deleted"
    assert refused(client.files_info, file=file_id)["error"] == "file_not_found"
    assert not http.get(address, headers={"Authorization": f"Bearer {slack.token}"}).content


def test_a_file_comes_with_a_comment_or_with_blocks_and_not_with_both(slack, client):
    bits = [{"type": "text", "text": "<!here>"}]
    section = {"type": "rich_text_section", "elements": bits}
    blocks = json.dumps([{"type": "rich_text", "elements": [section]}])
    for comment in ("", "Here"):
        share = {"channel_id": CALLS, "initial_comment": comment, "blocks": blocks}
        client.files_completeUploadExternal(files=upload(client)[0], **share)
    first, second = slack.messages(CALLS)
    assert first["blocks"][0]["elements"] == [section]
    assert (second["text"], second.get("blocks")) == ("Here", None)


def test_the_bytes_of_a_file_are_for_whoever_has_the_token(slack, client):
    files, _ = upload(client)
    client.files_completeUploadExternal(files=files)
    address = client.files_info(file=files[0]["id"])["file"]["url_private"]
    given = http.get(address, headers={"Authorization": f"Bearer {slack.token}"})
    assert (given.content, given.headers["content-type"]) == (b"abc", "image/png")
    assert b"Sign in" in http.get(address).content


def test_an_image_block_shows_a_file_that_is_there_and_no_other(slack, client):
    files, _ = upload(client)
    image = {"type": "image", "alt_text": "A", "slack_file": {"id": files[0]["id"]}}
    said = {"channel": CALLS, "text": "a", "blocks": [image]}
    assert refused(client.chat_postMessage, **said)["error"] == "invalid_blocks"
    client.files_completeUploadExternal(files=files)
    client.chat_postMessage(**said)
    assert slack.messages(CALLS)[-1]["blocks"][0]["slack_file"] == {"id": files[0]["id"]}


def test_a_broadcast_reply_stands_in_the_channel_and_stays_there_when_edited(slack, client):
    first = client.chat_postMessage(channel=CALLS, text="First")["ts"]
    inside = {"channel": CALLS, "thread_ts": first}
    quiet = client.chat_postMessage(text="Quiet", **inside)["ts"]
    loud = client.chat_postMessage(text="Loud", reply_broadcast=True, **inside)["ts"]
    client.chat_update(channel=CALLS, ts=loud, text="Louder")
    [_, shown] = slack.messages(CALLS)
    assert (shown["text"], shown["subtype"]) == ("Louder", "thread_broadcast")
    assert shown["root"]["text"] == "First"
    client.chat_update(channel=CALLS, ts=quiet, text="Quiet", reply_broadcast=True)
    assert [m["ts"] for m in slack.messages(CALLS)] == [first, quiet, loud]
    lone = refused(client.chat_update, channel=CALLS, ts=first, text="a", reply_broadcast=True)
    assert lone["error"] == "cant_broadcast_message"


def test_a_thread_is_read_with_its_metadata(client):
    first = client.chat_postMessage(channel=CALLS, text="First")["ts"]
    metadata = {"event_type": "vocatech_message", "event_payload": {"message_id": "1"}}
    client.chat_postMessage(channel=CALLS, text="Reply", thread_ts=first, metadata=metadata)
    [_, bare] = client.conversations_replies(channel=CALLS, ts=first)["messages"]
    assert "metadata" not in bare
    asked = {"channel": CALLS, "ts": first, "include_all_metadata": True}
    assert client.conversations_replies(**asked)["messages"][1]["metadata"] == metadata


def test_a_private_message_may_be_in_a_thread_and_counts_as_no_reply(slack, client):
    first = client.chat_postMessage(channel=CALLS, text="First")["ts"]
    client.chat_postEphemeral(channel=CALLS, user=ANA, text="psst", thread_ts=first)
    assert [message["text"] for message in slack.messages(CALLS)] == ["First"]
    assert not slack.messages(CALLS)[0].get("reply_count")


def test_a_lost_answer_leaves_the_message_posted(slack, client):
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    with pytest.raises((OSError, URLError)):
        client.chat_postMessage(channel=CALLS, text="a")
    assert [m["text"] for m in slack.messages(CALLS)] == ["a"]


def test_hooks_are_called_before_and_after_a_method_takes_effect(slack, client):
    seen = []
    slack.before_method = lambda name, _params: seen.append((name, len(slack.messages(CALLS))))
    slack.after_method = lambda name, _params: seen.append((name, len(slack.messages(CALLS))))
    client.chat_postMessage(channel=CALLS, text="a")
    assert seen == [("chat.postMessage", 0), ("chat.postMessage", 1)]


def test_calls_are_kept_and_counted_by_method_and_error(slack, client):
    client.auth_test()
    refused(client.chat_postMessage, channel="C0NONE", text="a")
    assert [call.method for call in slack.calls] == ["auth.test", "chat.postMessage"]
    assert slack.calls[1].params["channel"] == "C0NONE"
    assert slack.counts["chat.postMessage"] == slack.counts["channel_not_found"] == 1


def test_who_waits_for_a_change_is_woken_by_it(slack):
    before = slack.revision
    threading.Timer(0.05, slack.say, (ANA, CALLS, "hi")).start()
    assert slack.wait_for_change(before, 5) == before + 1
    assert slack.wait_for_change(before + 1, 0.01) == before + 1


def test_a_reset_empties_the_workspace(slack, client):
    slack.add_channel("C0OTHER", "other")
    client.chat_postMessage(channel=CALLS, text="a")
    slack.faults.add(Fault(status=500))
    slack.reset()
    assert (slack.messages(CALLS), dict(slack.channels())) == ([], {CALLS: "calls"})
    client.auth_test()


def test_every_request_is_signed(slack, bot):
    slack.type_command(ANA, CALLS, "/calls", "today")
    [request] = bot.got
    assert request.path == "/slack/events"
    headers = {name.title(): value for name, value in request.headers.items()}
    assert SignatureVerifier("d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0").is_valid_request(
        request.body, headers
    )
    assert not SignatureVerifier("another").is_valid_request(request.body, headers)


def test_a_command_comes_as_a_form_and_its_answer_is_shown(slack, bot):
    bot.answers = [HttpResponse(200, {"text": "No calls"}), HttpResponse(200, b"Plain")]
    answer = slack.type_command(ANA, CALLS, "/calls", "today")
    assert (answer.status, answer["text"]) == (200, "No calls")
    assert (bot.form["command"], bot.form["text"], bot.form["user_id"]) == ("/calls", "today", ANA)
    slack.type_command(ANA, CALLS, "/calls")
    assert [(m["text"], m["for_user"]) for m in slack.messages(CALLS)] == [
        ("No calls", ANA),
        ("Plain", ANA),
    ]


def test_an_answer_with_refused_blocks_is_a_problem(slack, bot):
    bot.answers = [HttpResponse(200, {"text": "x", "blocks": [{"type": "input"}]})]
    assert slack.type_command(ANA, CALLS, "/calls").problem == "invalid_blocks"
    assert slack.messages(CALLS) == []


def test_a_press_says_what_was_pressed_where_and_by_whom(slack, client, bot):
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=BUTTONS)["ts"]
    assert slack.click(BEN, CALLS, ts, "open", "2").ok
    payload = bot.payload
    assert payload["actions"][0]["block_id"] == "row2"
    assert (payload["actions"][0]["value"], payload["user"]["id"]) == ("2", BEN)
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts
    client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
    assert slack.open_view(BEN) is not None


def test_what_is_not_there_cannot_be_pressed(slack, client, bot):
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=BUTTONS)["ts"]
    with pytest.raises(LookupError):
        slack.click(BEN, CALLS, ts, "close")
    with pytest.raises(LookupError):
        slack.submit_view(BEN, "V0NONE", {})


def option(value):
    return {"text": {"type": "plain_text", "text": value}, "value": value}


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ({"type": "overflow", "options": [option("a"), option("b")]}, "b", option("b")),
        ({"type": "static_select", "options": [option("a"), option("b")]}, "b", option("b")),
        ({"type": "users_select"}, ANA, ANA),
        ({"type": "datepicker"}, "2026-03-02", "2026-03-02"),
    ],
)
def test_a_choice_is_told_as_slack_tells_it(slack, client, bot, element, value, expected):
    blocks = [{"type": "actions", "elements": [{**element, "action_id": "pick"}]}]
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=blocks)["ts"]
    slack.click(ANA, CALLS, ts, "pick", value)
    [action] = bot.payload["actions"]
    assert expected in action.values()
    assert action["type"] == element["type"]


def test_a_response_address_takes_five_posts(slack, client, bot):
    ts = client.chat_postMessage(channel=CALLS, text="a", blocks=BUTTONS)["ts"]
    slack.click(BEN, CALLS, ts, "open")
    url = bot.payload["response_url"]
    bodies = [
        {"text": "private"},
        {"text": "public", "response_type": "in_channel"},
        {"text": "changed", "replace_original": True},
    ]
    answers = [http.post(url, json=body).text for body in bodies]
    assert http.post(url, json={"text": "x", "blocks": [{"type": "nope"}]}).status_code == 400
    assert answers == ["ok"] * 3
    assert [m["text"] for m in slack.messages(CALLS)] == ["changed", "private", "public"]
    http.post(url, json={"delete_original": True})
    assert [m["text"] for m in slack.messages(CALLS)] == ["private", "public"]
    assert http.post(url, json={"text": "fifth"}).status_code == 200
    assert http.post(url, json={"text": "sixth"}).text == "used_url"


def test_a_response_address_ends_after_half_an_hour(slack, bot, clock):
    slack.type_command(ANA, CALLS, "/calls")
    clock.now += 1801
    assert http.post(bot.form["response_url"], json={"text": "late"}).text == "expired_url"


def open_modal(slack, client, **changes):
    return client.views_open(trigger_id=trigger(slack), view={**MODAL, **changes})["view"]["id"]


def test_a_submission_carries_the_state_and_closes_the_modal(slack, client, bot):
    view_id = open_modal(slack, client, callback_id="reply", private_metadata="7")
    assert slack.submit_view(ANA, view_id, {"words": {"text": "Hello"}}).ok
    view = bot.payload["view"]
    assert view["state"]["values"] == {
        "words": {"text": {"type": "plain_text_input", "value": "Hello"}}
    }
    assert (view["callback_id"], view["private_metadata"]) == ("reply", "7")
    assert slack.open_view(ANA) is None


def test_slack_itself_keeps_back_what_is_empty_or_too_long(slack, client, bot):
    view_id = open_modal(slack, client)
    for words in (None, "x" * 21):
        with pytest.raises(ValueError, match="words"):
            slack.submit_view(ANA, view_id, {"words": {"text": words}})
    assert bot.got == []


@pytest.mark.parametrize(
    ("said", "top", "deep"),
    [
        ({"response_action": "errors", "errors": {"words": "No."}}, "Reply", 1),
        ({"response_action": "update", "view": MODAL | {"title": None}}, "Reply", 1),
        ({"response_action": "clear"}, None, 0),
        (
            {
                "response_action": "push",
                "view": MODAL | {"title": {"type": "plain_text", "text": "Sure?"}},
            },
            "Sure?",
            2,
        ),
        (
            {
                "response_action": "update",
                "view": MODAL | {"title": {"type": "plain_text", "text": "Sent"}},
            },
            "Sent",
            1,
        ),
    ],
)
def test_the_answer_to_a_submission_is_followed(slack, client, bot, said, top, deep):
    view_id = open_modal(slack, client)
    bot.answers = [HttpResponse(200, said)]
    answer = slack.submit_view(ANA, view_id, {"words": {"text": "Hello"}})
    assert answer == said
    for _ in range(deep):
        shown = slack.open_view(ANA)
        assert shown["title"]["text"] == top
        top = "Reply"
        slack.close_view(ANA, shown["id"])
    assert slack.open_view(ANA) is None
    assert bool(answer.problem) == (said.get("view", {}).get("title", 1) is None)


def test_errors_must_name_fields_of_the_modal(slack, client, bot):
    bot.answers = [HttpResponse(200, {"response_action": "errors", "errors": {"other": "No."}})]
    answer = slack.submit_view(ANA, open_modal(slack, client), {"words": {"text": "Hello"}})
    assert "no such fields" in answer.problem


def test_a_press_in_a_modal_and_in_a_home_names_the_view(slack, client, bot):
    view_id = open_modal(slack, client, blocks=[*MODAL["blocks"], BUTTONS[0]])
    slack.click_in_view(ANA, view_id, "open", values={"words": {"text": "so far"}})
    assert bot.payload["container"] == {"type": "view", "view_id": view_id}
    assert bot.payload["view"]["state"]["values"]["words"]["text"]["value"] == "so far"
    home = client.views_publish(user_id=ANA, view={**HOME, "blocks": BUTTONS})["view"]["id"]
    slack.click_in_view(ANA, home, "open", "2")
    assert bot.payload["actions"][0]["value"] == "2"


def test_a_closed_modal_is_told_only_when_asked_for(slack, client, bot):
    assert slack.close_view(ANA, open_modal(slack, client)) is None
    slack.close_view(ANA, open_modal(slack, client, notify_on_close=True))
    assert [bot.payload["type"], len(bot.got)] == ["view_closed", 1]


def test_a_menu_asks_the_bot_for_its_choices(slack, client, bot):
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    blocks = [{**MODAL["blocks"][0], "element": menu}]
    view_id = open_modal(slack, client, blocks=blocks)
    bot.answers = [HttpResponse(200, {"options": [option("a")]})]
    answer = slack.load_options(ANA, "who", "an", view_id=view_id)
    assert answer["options"] == [option("a")]
    assert (bot.payload["type"], bot.payload["value"]) == ("block_suggestion", "an")


def test_an_event_is_told_again_until_it_is_taken(slack, bot):
    bot.answers = [HttpResponse(500), HttpResponse(404)]
    slack.send_event({"type": "app_home_opened", "user": ANA})
    with bot.arrived:
        assert bot.arrived.wait_for(lambda: len(bot.got) == 3, 60)
    ids = {json.loads(request.body)["event_id"] for request in bot.got}
    numbers = [request.headers.get("x-slack-retry-num") for request in bot.got]
    assert (len(ids), numbers) == (1, [None, "1", "2"])


def test_a_bot_that_is_not_there_or_fails_is_a_problem(slack, bot):
    bot.answers = [HttpResponse(500)]
    assert slack.type_command(ANA, CALLS, "/calls").problem == "http_service_error"
    bot.stop()
    answer = slack.type_command(ANA, CALLS, "/calls")
    assert (answer.status, answer.problem) == (0, "ConnectionRefusedError")


def close_socket(socket):
    # The SDK's own threads may close the connection at the same time.
    with contextlib.suppress(AttributeError):
        socket.close()


def test_the_same_conversation_runs_over_a_socket(slack, client):
    socket = SocketModeClient(app_token=slack.app_token, web_client=client)
    seen = []

    def acknowledge(_client, request):
        seen.append(request)
        said = None if request.type == "events_api" else {"text": "By socket"}
        socket.send_socket_mode_response(SocketModeResponse(request.envelope_id, said))

    socket.socket_mode_request_listeners.append(acknowledge)
    try:
        socket.connect()
        assert slack.sender.socket.wait_for_bot()
        assert slack.type_command(ANA, CALLS, "/calls", "x").ok
        assert slack.send_event({"type": "app_home_opened"}).ok
    finally:
        threading.Thread(target=close_socket, args=[socket], daemon=True).start()
    assert [request.type for request in seen] == ["slash_commands", "events_api"]
    assert seen[0].payload["command"] == "/calls"
    assert [m["text"] for m in slack.messages(CALLS)] == ["By socket"]


def test_a_socket_needs_the_app_token_and_a_ticket(slack, client):
    assert refused(client.api_call, api_method="apps.connections.open")["error"] == (
        "not_allowed_token_type"
    )


def field(block_id="words", action_id="text", *, told_on=("on_character_entered",), **more):
    """Return an input that tells the bot when something happens in it."""
    element = {"type": "plain_text_input", "action_id": action_id, **more}
    element["dispatch_action_config"] = {"trigger_actions_on": list(told_on)}
    label = {"type": "plain_text", "text": "Message"}
    block = {"type": "input", "block_id": block_id, "label": label, "element": element}
    return block | {"dispatch_action": True}


def choice(block_id="template"):
    """Return a menu that tells the bot what was chosen."""
    options = [{"text": {"type": "plain_text", "text": x}, "value": x} for x in ("a", "b")]
    element = {"type": "static_select", "action_id": "pick", "options": options}
    label = {"type": "plain_text", "text": "Template"}
    block = {"type": "input", "block_id": block_id, "label": label, "element": element}
    return block | {"dispatch_action": True, "optional": True}


def opened(slack, client, *blocks):
    view = MODAL | {"blocks": list(blocks)}
    return client.views_open(trigger_id=trigger(slack), view=view)["view"]["id"]


def typed_values(payload):
    return payload["view"]["state"]["values"]["words"]["text"]["value"]


def test_every_pause_in_typing_is_told_with_all_that_is_filled_in(slack, client, bot):
    view_id = opened(slack, client, field(), choice())
    slack.click_in_view(ANA, view_id, "pick", "b")
    assert slack.type_in_view(ANA, view_id, "text", "Hel").ok
    [action] = bot.payload["actions"]
    assert (action["type"], action["block_id"], action["value"]) == (
        "plain_text_input",
        "words",
        "Hel",
    )
    assert typed_values(bot.payload) == "Hel"
    state = bot.payload["view"]["state"]["values"]
    assert state["template"]["pick"]["selected_option"]["value"] == "b"
    slack.type_in_view(ANA, view_id, "text", "")
    assert bot.payload["actions"][0]["value"] is None
    slack.type_in_view(ANA, view_id, "text", "Hello")
    slack.submit_view(ANA, view_id)
    assert bot.payload["type"] == "view_submission"
    assert typed_values(bot.payload) == "Hello"


def test_a_field_that_does_not_ask_is_filled_in_silence(slack, client, bot):
    view_id = opened(slack, client, field(told_on=("on_enter_pressed",)))
    assert slack.type_in_view(ANA, view_id, "text", "Hel") is None
    assert bot.got == []
    assert slack.type_in_view(ANA, view_id, "text", "Hello", enter=True).ok
    assert typed_values(bot.payload) == "Hello"
    with pytest.raises(LookupError):
        slack.type_in_view(ANA, view_id, "strange", "Hello")


@pytest.mark.parametrize(
    ("block", "left"),
    [
        (field(initial_value="Template"), "Typed"),
        (field(action_id="text_2", initial_value="Template"), "Template"),
        (field(block_id="words_2", initial_value="Template"), "Template"),
    ],
    ids=["same ids", "another action id", "another block id"],
)
def test_what_was_typed_outlives_an_update_that_keeps_both_ids(slack, client, bot, block, left):
    view_id = opened(slack, client, field())
    slack.type_in_view(ANA, view_id, "text", "Typed")
    updated = client.views_update(view_id=view_id, view=MODAL | {"blocks": [block]})["view"]
    [states] = updated["state"]["values"].values()
    [state] = states.values()
    assert state["value"] == left
    slack.submit_view(ANA, view_id)
    assert bot.payload["view"]["state"]["values"] == updated["state"]["values"]


def test_a_new_initial_value_needs_a_new_id_even_where_nobody_typed(slack, client, bot):
    view_id = opened(slack, client, field(initial_value="Old"))
    for block, shown in (
        (field(initial_value="New"), "Old"),
        (field("w2", initial_value="N"), "N"),
    ):
        view = MODAL | {"blocks": [block]}
        values = client.views_update(view_id=view_id, view=view)["view"]["state"]["values"]
        assert values[block["block_id"]]["text"]["value"] == shown


def test_a_modal_that_is_opened_anew_is_empty(slack, client, bot):
    slack.type_in_view(ANA, opened(slack, client, field()), "text", "Typed")
    view_id = opened(slack, client, field())
    with pytest.raises(ValueError, match="required"):
        slack.submit_view(ANA, view_id)
