"""/sms end to end: the number at the beginning of the text, and the message."""

import json
import re
from contextlib import suppress

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.contacts import Contact
from bot.phone_numbers import EndUnclear, split_number
from bot.sandbox.faults import Fault
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.texts.test_texts import ANA, BEN

# Not about rate limits.
pytestmark = pytest.mark.any_rate


def sms(bot, slack, typed):
    """Type /sms; return what the modal or the answer contains, and the message in the field."""
    wait_for(bot.store.people.company)
    answer = slack.type_command(ANA, CHANNEL, "/sms", typed)
    view = wait_for(lambda: slack.open_view(ANA) or answer.body)
    fields = [
        block["element"].get("initial_value", "")
        for block in (view.get("blocks", ()) if isinstance(view, dict) else ())
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    ]
    words = str(view) if isinstance(view, dict) else str(json.loads(view))
    return words, fields[0] if fields else None


@pytest.mark.parametrize(
    ("region", "typed", "number", "body"),
    [
        ("AT", "0664 1234567 10 Uhr passt", "+436641234567", "10 Uhr passt"),
        ("AT", "+43 664 1234567 10 Uhr passt", "+436641234567", "10 Uhr passt"),
        ("AT", "06641234567 20", "+436641234567", "20"),
        ("AT", "+436641234567. 11:30?", "+436641234567", "11:30?"),
        ("DE", "+49 171 1234567 3 Stueck", "+491711234567", "3 Stueck"),
        ("DE", "0151 12345678 20 Stueck sind da", "+4915112345678", "20 Stueck sind da"),
        ("AT", "0664 123 45 67, 10 Uhr passt", "+436641234567", "10 Uhr passt"),
        ("US", "212 555 0138 2 pm works", "+12125550138", "2 pm works"),
        ("US", "415-555-0121, hello", "+14155550121", "hello"),
        ("US", "\u202d(212) 555\u20110138\u202c hello", "+12125550138", "hello"),
        ("US", "\u2068212\u2013555\u20130138\u2069 hello", "+12125550138", "hello"),
        ("US", "２１２ ５５５ ０１３８ hello", "+12125550138", "hello"),
        ("US", "tel:+12125550138 hello", "+12125550138", "hello"),
        ("US", "<tel:+12125550138|(212) 555-0138> hello", "+12125550138", "hello"),
        ("US", '"212 555 0138" hello', "+12125550138", "hello"),
        ("US", "212-555-0138 \u2013 hello", "+12125550138", "hello"),
        ("US", "212-555-0138 -5 degrees", "+12125550138", "-5 degrees"),
    ],
)
def test_number_ends_where_it_was_typed(start_bot, slack, region, typed, number, body):
    bot = start_bot(default_region=region, text_regions="US, AT, DE")
    view, field = sms(bot, slack, typed)
    assert f'"number": "{number}"' in view
    assert field == body


@pytest.mark.parametrize(
    ("typed", "then", "number", "body"),
    [
        ("0664 123 45 67 10 Uhr", "06641234567 10 Uhr", "+436641234567", "10 Uhr"),
        ("0664 123 45 67 8, 20", "06641234567 8, 20", "+436641234567", "8, 20"),
        ("0664 123 45 67 8, 20", "066412345678, 20", "+4366412345678", "20"),
        ("0664 123 45 67 5,50 Euro", "06641234567 5,50 Euro", "+436641234567", "5,50 Euro"),
        ("0664 1234567 10", "06641234567 10", "+436641234567", "10"),
    ],
)
def test_number_with_an_unclear_end_is_asked_for(start_bot, slack, typed, then, number, body):
    bot = start_bot(default_region="AT", text_regions="AT")
    answer, field = sms(bot, slack, typed)
    assert field is None
    assert "0664 1234567" in answer
    assert "Write the phone number without spaces" in answer
    view, field = sms(bot, slack, then)
    assert (f'"number": "{number}"' in view, field) == (True, body)


@pytest.mark.parametrize(
    "typed", ["(212) 555-0138 ext 4 hello", "212-555-0138x4 hello", "212.555.0138 ext. 4, hello"]
)
def test_extension_is_left_out_and_the_form_says_so(bot, slack, typed):
    view, field = sms(bot, slack, typed)
    assert field == "hello"
    assert '"number": "+12125550138"' in view
    assert "SMS can't go to an extension, so ext. 4 was left out." in view


def test_message_keeps_the_signs_that_it_begins_with(bot, slack):
    for message in (".5 mg twice a day", ":acme_logo: hi", ":) thanks"):
        slack.type_command(ANA, CHANNEL, "/sms", f"(212) 555-0142 {message}")
        wait_for(lambda said=message: f"'initial_value': '{said}'" in str(slack.open_view(ANA)))


def test_x_after_the_number_may_begin_the_message(bot, slack):
    for typed in ("212-555-0138 x2 tickets", "(212) 555-0138  X 2 tickets please"):
        answer, field = sms(bot, slack, typed)
        assert field is None, typed
        assert "could be an extension or the beginning of the message" in answer
    view, field = sms(bot, slack, "212-555-0138, x2 tickets")
    assert field == "x2 tickets"
    assert "was left out" not in view


def test_x_with_a_comma_after_it_is_an_extension(bot, slack):
    view, field = sms(bot, slack, "212-555-0138 x2, tickets")
    assert field == "tickets"
    assert "so ext. 2 was left out" in view


@pytest.mark.parametrize(
    "typed",
    [
        "Zelda, Yorick see you",
        "zelda and yorick see you",
        "Zelda &amp; Yorick see you",
        "Zelda Fitz + Yorick see you",
    ],
)
def test_second_name_is_no_recipient_and_the_form_says_so(bot, slack, typed):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    for n, name in enumerate(("Zelda Fitz", "Yorick Stone")):
        contact = Contact(970 + n, {"Name": name}, [f"+1212555018{n}"])
        bot.store.contacts.save(contact, now=after_sync())
    view, field = sms(bot, slack, typed)
    assert '"number": "+12125550180"' in view
    assert "goes to one person only, not to Yorick Stone too" in view
    assert field.lower().endswith("yorick see you")


def test_second_name_is_no_recipient_if_the_first_has_several_numbers(bot, slack):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    for n, name in enumerate(("Zelda Fitz", "Yorick Stone")):
        numbers = [f"+1212555018{n}", f"+1212555019{n}"]
        bot.store.contacts.save(Contact(970 + n, {"Name": name}, numbers), now=after_sync())
    view, _ = sms(bot, slack, "Zelda, Yorick see you")
    assert "More than one number matches" in view
    assert "goes to one person only, not to Yorick Stone too" in view


@pytest.mark.parametrize(
    ("typed", "number", "body"),
    [
        ("Zelda: dental cleaning is at 9", "+12125550180", "dental cleaning is at 9"),
        ("Zelda Fitz: Zelda, your order is ready", "+12125550180", "Zelda, your order is ready"),
        ("Zelda Fitz Zelda, come in", "+12125550180", "Zelda, come in"),
        ("Zelda Fitz - dental news", "+12125550180", "dental news"),
        ("Zelda Fitz, Acme said yes", "+12125550180", "Acme said yes"),
        ("Will Stone will be there at 5", "+12125550181", "will be there at 5"),
        ("Stone, plumbing is fixed", "+12125550181", "plumbing is fixed"),
        ("Fitz, Zelda hello", "+12125550180", "hello"),
        ("Acme Dental hello", "+12125550180", "hello"),
        ("Acme Dental, Zelda hello", "+12125550180", "hello"),
        ("Zelda Acme hello", "+12125550180", "hello"),
        ("Birch, Inc. hello", "+12125550182", "hello"),
    ],
)
def test_message_keeps_words_that_are_in_the_name_too(bot, slack, typed, number, body):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    people = (
        ("Zelda Fitz", "Acme Dental"),
        ("Will Stone", "Stone Plumbing"),
        ("Yorick Ash", "Birch, Inc."),
    )
    for n, (name, company) in enumerate(people):
        fields = {"Name": name, "Company": company}
        bot.store.contacts.save(Contact(970 + n, fields, [f"+1212555018{n}"]), now=after_sync())
    view, field = sms(bot, slack, typed)
    assert f'"number": "{number}"' in view
    assert field == body


@pytest.mark.parametrize("typed", ["Zelda Fitz your results are here", "Zelda Fitz"])
def test_form_says_that_the_person_with_this_name_has_no_number(bot, slack, typed):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    namesake = Contact(970, {"Name": "Zelda Fitz Quartz"}, ["+12125550180"])
    bot.store.contacts.save(namesake, now=after_sync())
    view, _ = sms(bot, slack, typed)
    assert "no phone number" not in view
    slack.close_view(ANA, slack.open_view(ANA)["id"])
    bot.store.contacts.save(Contact(971, {"Name": "Zelda Fitz"}), now=after_sync())
    view, _ = sms(bot, slack, typed)
    assert "Zelda Fitz has no phone number, so this message goes to someone else." in view
    slack.close_view(ANA, slack.open_view(ANA)["id"])
    view, _ = sms(bot, slack, "Zelda Quartz")
    assert "no phone number" not in view


@pytest.mark.parametrize("typed", ["Zelda Fitz your results are here", "zelda", "to Zelda Fitz hi"])
def test_contact_without_a_number_is_not_called_unknown(bot, slack, typed):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    bot.store.contacts.save(Contact(970, {"Name": "Zelda Fitz"}), now=after_sync())
    answer = slack.type_command(ANA, CHANNEL, "/sms", typed).body
    assert "Zelda Fitz has no phone number. Add one to the contact first." in answer
    assert "matches" not in answer


@pytest.fixture
def shared(bot):
    """Return a number of two contacts; someone chose Yorick for it."""
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    number = "+12125550180"
    for n, name in enumerate(("Zelda Fitz", "Yorick Stone", "Zelda Lund")):
        contact = Contact(970 + n, {"Name": name}, [number] if n < 2 else ["+12125550182"])
        bot.store.contacts.save(contact, now=after_sync())
    assert bot.store.contact_choices.choose(number, 971)
    return number


def test_text_to_one_of_two_people_with_a_number_names_that_one(bot, slack, shared):
    view, field = sms(bot, slack, "Zelda Fitz Hi {first name}, it is ready")
    assert field == "Hi Zelda, it is ready"
    assert "Yorick" not in view
    slack.close_view(ANA, slack.open_view(ANA)["id"])
    # One of several contacts that match.
    sms(bot, slack, "Zelda")
    slack.click_in_view(ANA, slack.open_view(ANA)["id"], "choose_number", f"{shared} 970")
    view = wait_for(lambda: "Message" in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert "Zelda Fitz" in str(view)
    slack.close_view(ANA, view["id"])
    # In a contact.
    found = slack.type_command(ANA, CHANNEL, "/contact", "Zelda Fitz")
    assert f"{shared} 970" in str(found.body)
    _, field = sms(bot, slack, f"{shared} Hi {{first name}}, it is ready")
    assert field == "Hi Yorick, it is ready"  # no one else was named


@pytest.mark.parametrize(
    "typed",
    [
        "(212) 555-0180, (212) 555-0181 see you",
        "2125550180 and 2125550181 see you",
        "212-555-0180 / 212-555-0181 see you",
    ],
)
def test_second_number_gets_no_message_and_the_form_says_so(bot, slack, typed):
    view, field = sms(bot, slack, typed)
    assert '"number": "+12125550180"' in view
    assert "goes to one person only, not to (212) 555-0181 too" in view
    assert field.endswith("see you")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("123", "“123” is not a phone number."),
        ("123 hello", "“123” is not a phone number."),
        ("5550 hello", "“5550” is not a phone number."),
        ("555-0138", "“555-0138” has no area code. Please add it."),
        ("555-0138 hello", "“555-0138” has no area code. Please add it."),
        (f"<@{BEN}> hi", "Slack members can't be texted here."),
        (f"<@{BEN}|ben> hi", "Slack members can't be texted here."),
        ("@nobody hi", "No phone number or contact matches “@nobody hi”."),
    ],
)
def test_text_without_a_recipient_is_explained(bot, slack, typed, said):
    # The numbers of three contacts contain the digits, which people don't see.
    for n in range(3):
        fields = {"First Name": f"Stranger{n}", "Phone": f"(230) 555-010{n}"}
        bot.store.contacts.save(Contact(990 + n, fields, [f"+1230555010{n}"]), now=after_sync())
    answer, field = sms(bot, slack, typed)
    assert field is None
    assert said in answer
    assert "Stranger" not in answer
    assert BEN not in answer


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("24 Hour Fitness", "24 Hour Fitness Your order is ready"),
        ("24 Hour Fitness", "24 hour Your order is ready"),
        ("3M", "3M Your order is ready"),
        ("1-2-3 Plumbing", "1-2-3 Your order is ready"),
    ],
)
def test_name_that_begins_with_digits_is_found(bot, slack, name, typed):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    contact = Contact(995, {"Company": name, "Phone": "(212) 555-0177"}, ["+12125550177"])
    bot.store.contacts.save(contact, now=after_sync())
    view, field = sms(bot, slack, typed)
    assert field == "Your order is ready"
    assert '"number": "+12125550177"' in view


def test_long_message_that_opens_no_form_comes_back_whole(bot, slack):
    message = "the oak & pine is ready <b>, :tada: " + "and so are the shelves, " * 140
    shown, _ = sms(bot, slack, f"Marai {message.replace('&', '&amp;').replace('<b>', '&lt;b&gt;')}")
    assert "No phone number or contact matches" in shown
    assert copied_in(slack) == f"/sms Marai {message}".replace(":tada:", "🎉").strip()
    assert "You typed" not in sms(bot, slack, "Marai it is ready")[0]


def test_message_comes_back_if_slack_opens_no_form(bot, slack):
    refused = {"ok": False, "error": "expired_trigger_id"}
    slack.faults.add(Fault(path="views.open", status=200, body=refused, times=1))
    message = "Your order of oak boards is ready. We are open until five today."
    slack.type_command(ANA, CHANNEL, "/sms", f"(212) 555-0138 {message}")
    wait_for(lambda: "Something went wrong" in str(slack.messages(CHANNEL)))
    assert copied_in(slack) == f"/sms (212) 555-0138 {message}"


def copied_in(slack):
    """Return what the latest answer gives back to copy."""
    [copy] = [one for one in slack.messages(CHANNEL)[-1]["blocks"] if one["type"] == "rich_text"]
    return "".join(piece["text"] for piece in copy["elements"][1]["elements"])


def test_sms_help_shows_the_uses(bot, slack):
    assert "How to use /sms" in sms(bot, slack, " Help ")[0]


MOBILES = [
    (region, phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
]


@given(
    # Shorter ones are read as extensions.
    st.sampled_from([one for one in MOBILES if one[1] and one[1].national_number > 9_999_999]),
    st.sampled_from([phonenumbers.PhoneNumberFormat.NATIONAL, "INTERNATIONAL"]),
    st.sampled_from(["10 Uhr passt", "2 pm", "3", "20 30 40", "hello", "(4) pieces", "1st floor"]),
)
def test_digits_of_the_message_never_join_the_number(mobile, style, message):
    region, number = mobile
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL if style == "INTERNATIONAL" else style
    written = phonenumbers.format_number(number, style)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    found = None
    with suppress(EndUnclear):  # then the person is asked
        found = split_number(f"{written} {message}", region)
        assert found is not None
    if found is None:
        return
    assert found.number == e164
    assert re.sub(r"\W", "", f"{written} {message}"[found.end :]) == re.sub(r"\W", "", message)


def test_template_for_a_contact_abroad_has_a_number_to_dial_there(start_bot, slack, vocatech):
    bot = start_bot(text_regions="GB")
    _, field = sms(bot, slack, "+447400123456, please call {line}")
    assert re.fullmatch(r"please call \+1 \d{3}-\d{3}-\d{4}", field)
    slack.submit_view(ANA, slack.open_view(ANA)["id"])
    [text] = wait_for(lambda: vocatech.sent_texts("+447400123456"))
    assert text["body"] == field
