"""Shortcuts: of the whole workspace and of messages, also in threads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.message_parsing import names_in, text_of_message
from bot.models.channels import ChannelSettings, Visibility
from bot.models.customers.notes import NUMBER, NoteTarget
from bot.phone_numbers.messages import numbers_in
from bot.sandbox.slack.workspace import ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import make_manifest
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended
from tests.support.webhooks import send as send_webhook
from tests.texts.test_texts import fill_in, says, send, sent, thread_of

pytestmark = pytest.mark.any_rate

MARIA, TOM = "+12125550142", "+13105550177"
CONTACTS = [
    {"First Name": "Maria", "Last Name": "Lopez", "Phone": "(212) 555-0142"},
    {"First Name": "Tom", "Last Name": "Berger", "Phone": "(310) 555-0177"},
    {"Company": "Acme Dental", "Phone": "(212) 555-0188"},
]


@pytest.fixture
def vocatech():
    with FakeVocatech(backoff=(0.1, 0.2, 0.4, 0.8, 1.6), contacts=CONTACTS) as fake:
        yield fake


@pytest.fixture
def bot(bot):
    wait_for(bot.store.people.company)
    wait_for(lambda: bot.store.contacts.count() == 3)
    wait_for(lambda: bot.store.slack_people.find(ANA))
    return bot


def opened(slack, words="", user=ANA):
    return wait_for(
        lambda: (view := slack.open_view(user)) and words in str(view["blocks"]) and view
    )


def write(slack, text, user=BEN, thread=None):
    """Write a message as a person, and return its place."""
    return slack.say(user, CHANNEL, text, thread_ts=thread)


def use(slack, ts, callback_id, user=ANA):
    answer = slack.use_message_shortcut(user, CHANNEL, ts, callback_id)
    assert answer.ok
    return answer


def choose(slack, action_id, value, user=ANA):
    slack.click_in_view(user, slack.open_view(user)["id"], action_id, value)


def notes_of(bot, contact):
    return bot.store.notes.about(contact.numbers, contact.contact_id, limit=5)


# In channels that hide what was said


def test_look_up_in_a_channel_that_hides_notes_shows_none(bot, slack):
    [maria] = bot.store.contacts.with_number(MARIA)
    bot.store.notes.add(
        NoteTarget(NUMBER, MARIA), "Rings twice", number=MARIA, by=BEN, writer_name=None, now=1.0
    )
    one, two = write(slack, "Call (212) 555-0142"), write(slack, f"{MARIA} or {TOM}?")
    use(slack, one, "look_up_number")
    opened(slack, "Rings twice")
    slack.views.close_all(ANA)
    hidden = ChannelSettings(CHANNEL, shown=Visibility(transcript=False))
    bot.store.channels.set(hidden)
    use(slack, one, "look_up_number")
    assert "Rings twice" not in str(opened(slack, "Maria Lopez"))
    slack.views.close_all(ANA)
    use(slack, two, "look_up_number")
    [target] = [block for block in opened(slack)["blocks"] if block["type"] == "actions"]
    options = target["elements"][0]["options"]
    [value] = [one["value"] for one in options if "Maria" in one["text"]["text"]]
    choose(slack, "choose_target", value)
    assert "Rings twice" not in str(opened(slack, f"contact {maria.contact_id}"))
    # Only this person sees the answer to a command, as with /calls.
    answer = slack.type_command(ANA, CHANNEL, "/contact", "212 555 0142")
    assert answer["response_type"] == "ephemeral"
    assert "Rings twice" in str(answer["blocks"])


# Of the whole workspace


def test_new_sms_finds_contacts_and_numbers_and_opens_the_form(bot, slack, vocatech):
    assert slack.use_shortcut(ANA, "new_sms").ok
    view = opened(slack, "Choose a recipient.")

    def offered(typed):
        answer = slack.load_options(ANA, "choose_number", typed, view_id=view["id"])
        return [one["text"]["text"] for one in answer["options"]]

    assert offered("mar") == ["Maria Lopez, (212) 555-0142"]
    assert offered("310 555 0100") == ["(310) 555-0100"]
    assert offered("(310) 555-0177") == ["Tom Berger, (310) 555-0177"]
    assert offered("no one like this") == []
    choose(slack, "choose_number", f"{MARIA} 1")
    view = opened(slack, "type_reply")
    fill_in(slack, view, "Hello Maria")
    send(slack, slack.open_view(ANA))
    wait_for(lambda: sent(vocatech) == ["Hello Maria"])


def test_look_up_shows_a_contact_or_several_or_an_unknown_number(bot, slack):
    for typed, words in (
        ("maria lopez", "Reply via SMS"),
        ("(212) 555-0188", "Acme Dental"),
        ("212 555 0999", "isn't in your contacts"),
        ("no such person", "No contact matches"),
    ):
        slack.use_shortcut(ANA, "look_up_contact")
        view = opened(slack, "A name, phone number")
        assert slack.submit_view(ANA, view["id"], {"typed": {"typed": typed}}).ok
        opened(slack, words)
        slack.close_view(ANA, slack.open_view(ANA)["id"])


def test_search_calls_lists_calls_and_turns_pages(bot, slack):
    for number in range(10):
        send_webhook(bot.url, ended(f"call-{number}", remote_number=TOM))
    wait_for(lambda: bot.store.calls.find("call-9"))
    slack.use_shortcut(ANA, "search_calls")
    view = opened(slack, "Leave it empty")
    assert slack.submit_view(ANA, view["id"], {"typed": {"typed": "(310) 555-0177"}}).ok
    view = opened(slack, "10 calls")
    [turn] = [
        one
        for block in view["blocks"]
        for one in block.get("elements", ())
        if str(one.get("action_id")).startswith("turn_calls_page")
    ]
    slack.click_in_view(ANA, view["id"], turn["action_id"])
    wait_for(lambda: "page 2 of 2" in str(slack.open_view(ANA)["blocks"]))
    choose(slack, "open_call", None)
    opened(slack, "Tom Berger")


def test_search_that_is_not_understood_says_so(bot, slack):
    slack.use_shortcut(ANA, "search_calls")
    view = opened(slack, "Leave it empty")
    slack.submit_view(ANA, view["id"], {"typed": {"typed": "mine"}})
    assert "Calls" in str(wait_for(lambda: slack.open_view(ANA))["title"])


# Of messages


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Please call 212-555-0142 back", MARIA),
        ("<tel:+12125550142|(212) 555-0142> wants an offer", MARIA),
        ("Maria Lopez wants an offer", MARIA),
        ("Could someone text Maria Lopez's sister?", MARIA),
        ("ACME DENTAL asks again", "+12125550188"),
    ],
)
def test_text_this_number_finds_the_number_or_the_name(bot, slack, text, number):
    use(slack, write(slack, text), "text_number")
    view = opened(slack, "Message")
    assert f'"number": "{number}"' in view["private_metadata"]


def test_several_numbers_give_a_choice(bot, slack, vocatech):
    text = "Call (212) 555-0142, then (310) 555-0177, then Acme Dental. Order 2026-11-30."
    use(slack, write(slack, text), "text_number")
    view = opened(slack, "Choose a recipient")
    assert "The message is about more than one customer." in str(view)
    for shown in ("Maria Lopez, (212) 555-0142", "Tom Berger, (310) 555-0177", "Acme Dental"):
        assert shown in str(view)
    choose(slack, "choose_number", f"{TOM} 2")
    view = opened(slack, "type_reply")
    fill_in(slack, view, "Hello Tom")
    send(slack, slack.open_view(ANA))
    wait_for(lambda: sent(vocatech, TOM) == ["Hello Tom"])


def test_message_without_a_number_asks_for_one(bot, slack):
    use(slack, write(slack, "Lunch at 12:30? Order 4711 is here."), "text_number")
    opened(slack, "No phone number or contact was found")
    slack.close_view(ANA, slack.open_view(ANA)["id"])
    use(slack, write(slack, "Lunch?"), "look_up_number")
    opened(slack, "No phone number or contact was found")


def test_shortcuts_work_on_a_call_card_and_in_its_thread(bot, slack):
    send_webhook(bot.url, ended("c1", status="missed", remote_number=TOM))
    [card] = wait_for(
        lambda: [
            one
            for one in slack.messages(CHANNEL)
            if (one.get("metadata") or {}).get("event_payload", {}).get("call_id") == "c1"
        ]
    )
    wait_for(lambda: bot.store.posts.subject_at(CHANNEL, card["ts"]))
    use(slack, card["ts"], "look_up_number")
    opened(slack, "Tom Berger")
    slack.close_view(ANA, slack.open_view(ANA)["id"])
    reply = write(slack, "I will handle this.", thread=card["ts"])
    use(slack, reply, "text_number")
    view = opened(slack, "Tom Berger")
    assert TOM in view["private_metadata"]
    slack.close_view(ANA, view["id"])
    other = write(slack, "Or ask Maria Lopez.", thread=card["ts"])
    use(slack, other, "text_number")
    assert MARIA in opened(slack, "Maria Lopez")["private_metadata"]


def test_shortcuts_work_in_a_thread_of_texts(bot, slack, vocatech):
    vocatech.receive_text(TOM, "Please tell Maria Lopez that I am late.")
    [line] = wait_for(lambda: says(slack, "I am late", number=TOM))
    for ts in (line["ts"], thread_of(slack, TOM)[0]["ts"]):
        wait_for(lambda ts=ts: bot.store.posts.subject_at(CHANNEL, ts))
        use(slack, ts, "text_number")
        assert TOM in opened(slack, "Tom Berger")["private_metadata"]
        slack.close_view(ANA, slack.open_view(ANA)["id"])


def test_save_as_note_keeps_the_message(bot, slack):
    use(slack, write(slack, "Maria Lopez prefers calls after 5 PM."), "save_as_note")
    view = opened(slack, "prefers calls after 5 PM.")
    slack.submit_view(ANA, view["id"])
    [maria] = bot.store.contacts.with_number(MARIA)
    [note] = wait_for(lambda: notes_of(bot, maria))
    assert note.body == "Maria Lopez prefers calls after 5 PM."
    assert note.written_by == ANA


def test_order_number_in_a_thread_is_not_taken_for_another_customer(bot, slack, vocatech):
    vocatech.receive_text(TOM, "Where is my order?")
    [line] = wait_for(lambda: says(slack, "Where is my order?", number=TOM))
    wait_for(lambda: bot.store.posts.subject_at(CHANNEL, line["thread_ts"]))
    reply = write(slack, "Order 1234567890 leaves today.", thread=line["thread_ts"])
    use(slack, reply, "save_as_note")
    view = opened(slack, "Choose a customer")
    assert "Tom Berger, (310) 555-0177" in str(view)


def test_save_as_note_asks_which_customer(bot, slack):
    text = "Maria Lopez and Tom Berger share an order. " + "x" * 2_000
    use(slack, write(slack, text), "save_as_note")
    view = opened(slack, "more than one customer")
    assert "A long message is shortened here." in str(view)
    [menu] = [block["elements"][0] for block in view["blocks"] if block["type"] == "actions"]
    tom = next(one["value"] for one in menu["options"] if "Tom" in one["text"]["text"])
    choose(slack, "choose_target", tom)
    opened(slack, "share an order.")


def test_save_as_note_keeps_a_message_of_usual_length_while_one_chooses(bot, slack):
    text = "Maria Lopez and Tom Berger: " + '"é 😀"\n' * 190 + "The gate code is 4711."
    use(slack, write(slack, text), "save_as_note")
    view = opened(slack, "more than one customer")
    assert "shortened" not in str(view)
    [menu] = [block["elements"][0] for block in view["blocks"] if block["type"] == "actions"]
    choose(slack, "choose_target", menu["options"][0]["value"])
    assert str(opened(slack, "4711")["blocks"]).count("é 😀") == 190


def test_save_as_note_without_a_customer_says_what_to_do(bot, slack):
    use(slack, write(slack, "Lunch?"), "save_as_note")
    opened(slack, "Open the contact to add a note.")


def test_shortcut_opens_for_a_long_message(bot, slack):
    use(slack, write(slack, "Maria Lopez " * 200), "text_number")
    opened(slack, "Maria Lopez")


def test_external_people_get_no_shortcut(bot, slack):
    slack.add_user("U0EXT00001", "Eve Extern", "eve@other.example", team="T0OTHER01")
    ts = write(slack, "Call (212) 555-0142")
    slack.use_message_shortcut("U0EXT00001", CHANNEL, ts, "look_up_number")
    slack.use_shortcut("U0EXT00001", "look_up_contact")
    wait_for(
        lambda: len([one for one in bot.store.audit.latest() if "another company" in one.what]) == 2
    )
    assert "Maria" not in str(slack.open_view("U0EXT00001"))


def test_guests_get_no_shortcut(bot, slack):
    slack.add_user("U0GUEST001", "Gus Guest", "gus@example.com", rank="guest")
    ts = write(slack, "Call (212) 555-0142")
    slack.use_message_shortcut("U0GUEST001", CHANNEL, ts, "save_as_note")
    slack.use_shortcut("U0GUEST001", "search_calls")
    wait_for(lambda: len([1 for one in bot.store.audit.latest() if "guest" in one.what]) == 2)
    assert "Maria" not in str(slack.open_view("U0GUEST001"))


def test_manifest_has_the_shortcuts_within_slacks_limits(start_bot):
    shortcuts = make_manifest()["features"]["shortcuts"]
    assert [one["type"] for one in shortcuts] == ["global"] * 3 + ["message"] * 3
    for one in shortcuts:
        assert 0 < len(one["name"]) <= 24
        assert 0 < len(one["description"]) <= 150
        assert len(one["callback_id"]) <= 255


# Numbers and names in text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        ("On 2026-11-30 at 10:30, order 12345", ()),
        ("212.555.0142", (MARIA,)),
        ("+1 (212) 555-0142 or 310 555 0177 or 212-555-0142", (MARIA, TOM)),
        ("mail a2125550142@example.com", ()),
        ("+49 30 901820", ("+4930901820",)),
        ("(212) 555-0142 ext. 12", (MARIA,)),
        ("Call back at 10:00 2125550142, or at 11:00: (310) 555-0177", (MARIA, TOM)),
        ("(212) 555-0142 2nd floor, (310) 555-0177 (2)", (MARIA, TOM)),
    ],
)
def test_numbers_are_found_in_text(text, numbers):
    assert numbers_in(text, "US", most=9) == numbers


@pytest.mark.parametrize(
    ("text", "region", "numbers"),
    [
        ("Levering 30.11.2026, ring 20 12 34 56", "DK", ("+4520123456",)),
        ("Levering 2026-12-01", "DK", ()),
        ("Termin 30.11.2026, 10-12 Uhr", "DE", ()),
        ("030 269668 2nd floor", "DE", ("+4930269668",)),
    ],
)
def test_dates_and_notes_are_no_numbers(text, region, numbers):
    assert numbers_in(text, region, most=9) == numbers


def test_no_more_numbers_are_found_than_asked_for():
    text = " and ".join(f"(212) 555-01{n:02}" for n in range(50))
    assert len(numbers_in(text, "US", most=5)) == 5


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    assert len(names_in(text)) <= 40
    assert len(numbers_in(text, "US", most=5)) <= 5
    text_of_message({"text": text})


def test_names_are_runs_of_capitalized_words():
    assert names_in("Did Maria Lopez, or Tom's team, call?")[:1] == ["Maria Lopez"] or (
        "Maria Lopez" in names_in("Did Maria Lopez, or Tom's team, call?")
    )
    assert "Tom" in names_in("Did Maria Lopez, or Tom's team, call?")
    assert names_in("nothing here") == []


def test_text_of_a_message_without_text_is_that_of_its_blocks():
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Call (212) 555-0142"}},
        {"type": "actions", "elements": [{"type": "button", "text": {"text": "Press"}}]},
    ]
    assert text_of_message({"text": "", "blocks": blocks}) == "Call (212) 555-0142"
    assert text_of_message({}) == ""
